import { useEffect, useRef } from 'react'
import { takeEarlyKeys } from '../earlyKeys.js'
import { readStorage } from '../storage.js'
import { SLASH, typedAhead } from './searchKeys.js'

/**
 * Call `onSearch` when the reader presses Ctrl-K, or `/` outside a field, also for what was pressed before.
 * @param {(() => void) | null} onSearch null listens to nothing
 * @param {boolean} isLoading whether the search was opened, and its dialog is still loading: what is typed outside a field is then for it
 */
export function useShortcuts(onSearch, isLoading) {
  const loading = useRef(isLoading)
  useEffect(() => {
    loading.current = isLoading
  }, [isLoading])
  useEffect(() => {
    const early = takeEarlyKeys()
    if (!onSearch) return undefined
    let opened = false // by one of the keys that were pressed before
    const handle = (event, isEarly = false) => {
      const { key, ctrlKey, metaKey, altKey, shiftKey, target } = event
      const control = (ctrlKey || metaKey) && !altKey && !shiftKey && key.toLowerCase() === 'k'
      const isTyping = target.closest?.('input, textarea, select, [contenteditable], [role=menu]')
      const isPlain = !ctrlKey && !metaKey && !altKey && !isTyping
      if ((opened || loading.current) && isPlain && key.length === 1) {
        typedAhead.text += key
        return
      }
      const slash = isPlain && key === '/' && readStorage(SLASH) !== 'off'
      if (!(control || slash) || document.querySelector('dialog:modal')) return
      event.preventDefault()
      opened = isEarly
      onSearch()
    }
    early.forEach((event) => handle(event, true))
    opened = false
    const onKeyDown = (event) => event.defaultPrevented || handle(event)
    document.addEventListener('keydown', onKeyDown)
    return () => document.removeEventListener('keydown', onKeyDown)
  }, [onSearch])
}
