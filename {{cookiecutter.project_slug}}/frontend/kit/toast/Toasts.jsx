import { createRoot } from 'react-dom/client'
import { useEffect, useRef, useSyncExternalStore } from '@portal/sdk'
import { t } from '@portal/i18n'
import { Button } from '../Button.jsx'
import { Icon } from '../Icon.jsx'
import { onDialogChange, topmostDialog } from '../openDialogs.js'
import { addToast, getToasts, subscribe } from './store.js'

/** @type {HTMLElement | undefined} the live region: screen readers read what is added to it */
let region

/**
 * Show a short message at the bottom of the screen. It goes after some seconds, but not while the pointer or the keyboard focus is on it.
 *
 *     toast(t`Saved`)
 *     toast(t`Book removed`, { undo: () => put(book) })
 * @param {string} text
 * @param {import('./store.js').ToastOptions} [options]
 * @returns {() => void} a function that ends the message
 */
export function toast(text, options) {
  const usesKeyboard = document.activeElement?.matches(':focus-visible')
  if (!region) createRegion()
  const added = addToast(text, options)
  place()
  if (options?.undo && usesKeyboard) focusWhenLost = added.id
  return added.end
}

/** The message whose button "Undo" gets the keyboard focus when the focused element, such as a row that was deleted, is removed. */
let focusWhenLost = 0

function createRegion() {
  region = document.createElement('section')
  region.className = 'toasts'
  region.popover = 'manual' // above everything else
  region.setAttribute('aria-live', 'polite')
  place()
  createRoot(region).render(<Toasts />)
  onDialogChange(place)
}

/** Show the messages above all dialogs. Behind the topmost one, they could not be clicked. */
function place() {
  region.setAttribute('aria-label', t`Messages`) // the language may have changed
  const parent = topmostDialog() ?? document.body
  if (region.parentElement !== parent) parent.append(region)
  if (!region.isConnected || !region.showPopover) return
  region.hidePopover()
  region.showPopover()
}

function Toasts() {
  const toasts = useSyncExternalStore(subscribe, getToasts)
  return toasts.map((one) => <Message key={one.id} toast={one} />)
}

/** @param {{toast: import('./store.js').Toast}} props */
function Message({ toast: { id, text, kind, hasUndo, undo, end, pause, resume } }) {
  /** @type {import('react').RefObject<HTMLDivElement | null>} */
  const element = useRef(null)
  useEffect(() => {
    if (focusWhenLost !== id) return
    focusWhenLost = 0
    const frame = requestAnimationFrame(() => {
      if (document.activeElement === document.body) element.current?.querySelector('button')?.focus()
    })
    return () => cancelAnimationFrame(frame)
  }, [id])
  return (
    <div
      ref={element}
      className="toast"
      data-kind={kind}
      onPointerEnter={pause}
      onPointerLeave={(event) => !event.currentTarget.contains(document.activeElement) && resume()}
      onFocus={pause}
      onBlur={(event) => !event.currentTarget.matches(':hover') && resume()}
      onKeyDown={(event) => event.key === 'Escape' && end()}
    >
      <Icon name={kind === 'error' ? 'warning' : 'check'} />
      <p>{text}</p>
      {hasUndo && <Button kind="quiet" onClick={undo}>{t`Undo`}</Button>}
      <button type="button" className="toast-close" aria-label={t`Close`} title={t`Close`} onClick={end}>
        <span aria-hidden="true">×</span>
      </button>
    </div>
  )
}
