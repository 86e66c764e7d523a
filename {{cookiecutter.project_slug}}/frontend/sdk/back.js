/**
 * A function that gets the browser's event of going back or forward before the router does. Listeners of the window are called in the order
 * in which they were added, so the shell imports this module before it renders the router.
 * @type {{guard: ((event: PopStateEvent) => void) | null}}
 */
export const back = { guard: null }

window.addEventListener('popstate', (event) => back.guard?.(event))
