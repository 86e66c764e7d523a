// One timer for all relative times of a page.
const EVERY = 30_000 // milliseconds

let ticks = 0
let timer = 0
/** @type {Set<() => void>} */
const listeners = new Set()

/** The number of ticks so far, for `useSyncExternalStore()`. */
export const getTick = () => ticks

/** Call `listener` every half minute, until the returned function is called. @param {() => void} listener */
export function subscribe(listener) {
  if (listeners.size === 0) timer = window.setInterval(tick, EVERY)
  listeners.add(listener)
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) clearInterval(timer)
  }
}

function tick() {
  ticks += 1
  for (const listener of listeners) listener()
}
