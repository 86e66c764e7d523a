import { useLayoutEffect, useRef } from '@portal/sdk'

const ROW = '.notification'
const TITLE = '.notification-title'

/**
 * Keep the keyboard focus in a list when the element that has it disappears, because its row or its button is no longer needed. The row
 * that takes its place gets the focus, or the page's heading when there is none.
 * @returns the properties of the element around the list
 */
export function useFocusAfterRemoval() {
  /** @type {import('react').RefObject<HTMLDivElement | null>} */
  const ref = useRef(null)
  const index = useRef(-1) // of the row with the focus
  useLayoutEffect(() => {
    if (index.current < 0 || document.activeElement !== document.body) return
    /** @type {NodeListOf<HTMLElement>} */
    const titles = ref.current.querySelectorAll(TITLE)
    const next = titles[Math.min(index.current, titles.length - 1)] ?? document.querySelector('h1')
    next?.focus()
  })
  return {
    ref,
    onFocus: ({ target }) => {
      index.current = [...ref.current.querySelectorAll(ROW)].indexOf(target.closest(ROW))
    },
    // React sends no event when it removes the element itself.
    onBlur: () => {
      index.current = -1
    },
  }
}
