import { useEffect } from 'react'
import { useLocation } from 'react-router'

const FRAME = 'section[aria-labelledby], dialog, main'

/**
 * Keep the place of the keyboard focus when the element that has it disappears from the page, such as the row of a device that is signed
 * out. The heading of the nearest card, dialog or page around it gets the focus, so that the next Tab goes on from there. Without this, it
 * would begin at the top of the page.
 */
export function useKeptFocus() {
  const { pathname } = useLocation() // each page moves the focus itself when it opens
  useEffect(() => {
    /** @type {Element[]} the element that had the focus last, and those around it */
    let path = []
    let frame = 0
    const onFocus = ({ target }) => (path = pathOf(target))
    const forget = () => (path = [])
    const observer = new MutationObserver(() => {
      if (!path.length || path[0].isConnected) return
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(() => {
        if (document.activeElement === document.body) focusHeading(path.find((one) => one.isConnected))
        else path = pathOf(document.activeElement)
      })
    })
    onFocus({ target: document.activeElement })
    document.addEventListener('focusin', onFocus)
    document.addEventListener('pointerdown', forget)
    observer.observe(document.body, { childList: true, subtree: true })
    return () => {
      cancelAnimationFrame(frame)
      document.removeEventListener('focusin', onFocus)
      document.removeEventListener('pointerdown', forget)
      observer.disconnect()
    }
  }, [pathname])
}

/** @param {Element | null} element in the page's content, otherwise there is no path */
function pathOf(element) {
  if (!element?.closest('main, dialog')) return []
  const path = []
  for (let one = element; one && one !== document.body; one = one.parentElement) path.push(one)
  return path
}

/** @param {Element | undefined} around what is still there */
function focusHeading(around) {
  const frame = around?.closest(FRAME) ?? document.getElementById('main')
  const heading = frame?.querySelector('h1, h2, h3')
  if (!(heading instanceof HTMLElement)) return
  heading.tabIndex = -1
  heading.focus({ preventScroll: true })
}
