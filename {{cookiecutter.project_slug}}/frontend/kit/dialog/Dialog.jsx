import { useId, useLayoutEffect, useRef } from '@portal/sdk'
import { t } from '@portal/i18n'
import { Button } from '../Button.jsx'
import { addDialog, removeDialog } from '../openDialogs.js'

const FIELDS = 'input:not([type=hidden]), select, textarea, [role=combobox]'

/**
 * @typedef {object} DialogProps
 * @property {import('react').ReactNode} title names the dialog for screen readers too
 * @property {() => void} onClose called on Escape and by the button "Close"; set `open` to false in it
 * @property {import('react').ReactNode} [children]
 * @property {import('react').ReactNode} [actions] the buttons at the bottom; by default the button "Close", and null for none
 * @property {boolean} [wide] for content that is wider than a form
 * @property {'dialog' | 'alertdialog'} [role] `alertdialog` for a question that has to be answered
 */

/**
 * A modal dialog. The keyboard focus moves to the element with `data-autofocus`, or else to the first field, or else to the title. When
 * the dialog closes, the focus returns to where it was.
 * @param {DialogProps & {open?: boolean}} props
 */
export function Dialog({ open = true, ...rest }) {
  return open && <OpenDialog {...rest} />
}

/** @param {DialogProps} props */
function OpenDialog({ title, onClose, children, actions, wide = false, role }) {
  const id = useId()
  /** @type {import('react').RefObject<HTMLDialogElement | null>} */
  const dialog = useRef(null)

  useLayoutEffect(() => {
    const element = dialog.current
    const before = document.activeElement
    element.showModal()
    addDialog(element)
    const [first] = element.querySelectorAll('[data-autofocus]')
    const target = first ?? element.querySelector(FIELDS) ?? element.querySelector('h2')
    if (target instanceof HTMLElement) target.focus()
    return () => {
      element.close()
      removeDialog(element)
      returnFocus(before)
    }
  }, [])

  /** The event of a file input arrives here too. */
  const isOwn = (event) => event.target === event.currentTarget

  return (
    <dialog
      ref={dialog}
      className="dialog"
      role={role}
      data-wide={wide || undefined}
      aria-labelledby={id}
      onCancel={(event) => {
        if (!isOwn(event)) return
        event.preventDefault()
        onClose()
      }}
      // Browsers close a dialog themselves when Escape is pressed twice.
      onClose={(event) => isOwn(event) && !event.currentTarget.open && onClose()}
    >
      <h2 id={id} tabIndex={-1}>
        {title}
      </h2>
      <div className="dialog-body">{children}</div>
      {actions !== null && (
        <div className="dialog-actions">
          {actions === undefined ? <Button onClick={onClose}>{t`Close`}</Button> : actions}
        </div>
      )}
    </dialog>
  )
}

/** Move the focus to where it was, or to the main content when that is no longer there. @param {Element | null} element */
function returnFocus(element) {
  const isThere = element instanceof HTMLElement && element.isConnected && element !== document.body
  const target = isThere ? element : document.getElementById('main')
  target?.focus({ preventScroll: true })
}
