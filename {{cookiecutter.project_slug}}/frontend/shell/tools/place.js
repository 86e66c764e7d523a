import { useEffect, useLayoutEffect, useRef } from 'react'
import { useLocation, useNavigationType } from 'react-router'

const TIMEOUT = 5_000 // milliseconds for a page to load its content again

/** @type {Map<string, {top: number, link?: string}>} key of the history entry -> where the reader was, and the link that they followed */
const places = new Map()

/**
 * Take the reader back to where they were when they go back or forward: the page scrolls to the same place, and the link that they followed
 * has the focus. A new page starts at its top. Browsers do the same, but too early for pages that load their content.
 */
export function useRestoredPlace() {
  const { key, pathname } = useLocation()
  const type = useNavigationType()
  const current = useRef(key)

  useEffect(() => {
    history.scrollRestoration = 'manual'
    const place = () => {
      if (!places.has(current.current)) places.set(current.current, { top: 0 })
      return places.get(current.current)
    }
    const onScroll = () => {
      place().top = window.scrollY
    }
    const onClick = ({ target }) => {
      const link = target.closest?.(':is(main, .sidebar) a[href]')
      if (link) place().link = link.getAttribute('href')
    }
    window.addEventListener('scroll', onScroll, { passive: true })
    document.addEventListener('click', onClick, true)
    return () => {
      window.removeEventListener('scroll', onScroll)
      document.removeEventListener('click', onClick, true)
    }
  }, [])

  useLayoutEffect(() => {
    const moved = current.current !== key
    current.current = key
    if (!moved) return undefined
    if (type === 'PUSH') window.scrollTo(0, 0)
    const place = type === 'POP' && places.get(key)
    return place ? restore(place) : undefined
  }, [key, pathname, type])
}

/**
 * Restore a place as soon as the page has its content. Returns a function that gives up, as does each key and click of the reader.
 * @param {{top: number, link?: string}} place
 */
function restore({ top, link }) {
  const started = Date.now()
  let frame = 0
  const stop = () => {
    cancelAnimationFrame(frame)
    for (const event of ['keydown', 'pointerdown', 'wheel']) window.removeEventListener(event, stop)
  }
  const attempt = () => {
    const element = link && document.querySelector(`:is(main, .sidebar) a[href="${CSS.escape(link)}"]`)
    const fits = document.documentElement.scrollHeight - window.innerHeight >= top
    if ((fits && (element || !link)) || Date.now() - started > TIMEOUT) {
      window.scrollTo(0, top)
      if (element instanceof HTMLElement) element.focus({ preventScroll: true })
      stop()
    } else {
      frame = requestAnimationFrame(attempt)
    }
  }
  for (const event of ['keydown', 'pointerdown', 'wheel'])
    window.addEventListener(event, stop, { passive: true })
  frame = requestAnimationFrame(attempt)
  return stop
}
