import { useEffect, useState } from 'react'

export { loadKit } from '../pin.js'

const PAUSE = 5_000 // milliseconds until a part is requested again that could not be loaded

/** What only signed-in people need, and the menus of the header: the shell loads it once the page is rendered. */
export const loadTools = () => import(/* webpackChunkName: "tools" */ './tools/index.js')

/** The search dialog. */
export const loadPalette = () => import(/* webpackChunkName: "palette" */ '../palette/index.jsx')

/** The card "Needs attention" of the home page. */
export const loadAttention = () => import(/* webpackChunkName: "attention" */ '../attention/index.jsx')

const loaded = new Map()

/**
 * Load a part of the shell after the page is rendered, and return its module. Returns undefined until then, so the page shows a placeholder
 * of the same size. A part that cannot be loaded is requested again every few seconds.
 * @template Module
 * @param {(() => Promise<Module>) | null} load null loads nothing
 * @returns {Module | undefined}
 */
export function usePart(load) {
  const [, setCount] = useState(0)
  useEffect(() => {
    if (!load || loaded.has(load)) return undefined
    let timer = 0
    let stopped = false
    const attempt = () =>
      load().then(
        (part) => {
          loaded.set(load, part)
          if (!stopped) setCount((count) => count + 1)
        },
        () => {
          if (!stopped) timer = window.setTimeout(attempt, PAUSE)
        },
      )
    afterFrame(() => stopped || attempt())
    return () => {
      stopped = true
      clearTimeout(timer)
    }
  }, [load])
  return loaded.get(load)
}

/** Call a function once the browser has drawn a frame of the page. @param {() => void} callback */
function afterFrame(callback) {
  requestAnimationFrame(() => setTimeout(callback))
}
