import { useEffect } from 'react'
import { readStorage } from '../storage.js'

/** The key of what this browser keeps that is `off` for people who switched the key `/` off. WCAG 2.1.4 asks for that. */
export const SLASH = 'portal-slash'

/**
 * Call `onSearch` when the reader presses Ctrl-K, or `/` outside a field.
 * @param {(() => void) | null} onSearch null listens to nothing
 */
export function useShortcuts(onSearch) {
  useEffect(() => {
    if (!onSearch) return undefined
    const onKeyDown = (event) => {
      const { key, ctrlKey, metaKey, altKey, shiftKey, target } = event
      const control = (ctrlKey || metaKey) && !altKey && !shiftKey
      const isTyping = target.closest?.('input, textarea, select, [contenteditable], [role=menu]')
      const slash =
        key === '/' && !ctrlKey && !metaKey && !altKey && !isTyping && readStorage(SLASH) !== 'off'
      if (event.defaultPrevented || !((control && key.toLowerCase() === 'k') || slash)) return
      if (document.querySelector('dialog:modal')) return
      event.preventDefault()
      onSearch()
    }
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [onSearch])
}
