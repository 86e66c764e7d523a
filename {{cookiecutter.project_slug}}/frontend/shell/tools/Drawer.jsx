import './drawer.css'
import { t } from '@portal/i18n'
import { useEffect, useRef } from 'react'
import { useLocation } from 'react-router'
import { Icon } from '../../kit/Icon.jsx'
import { Navigation } from '../Navigation.jsx'
import { Badge } from './Badge.jsx'

/**
 * The sidebar of a phone: a dialog that keeps the focus inside. It closes when a page is opened, on Escape and on a tap beside it. The focus
 * returns to the button that opened it.
 * @param {{portal: import('../../sdk/portal.js').Portal, onClose: () => void}} props
 */
export function Drawer({ portal, onClose }) {
  /** @type {import('react').RefObject<HTMLDialogElement | null>} */
  const dialog = useRef(null)
  const { key } = useLocation()
  const openedAt = useRef(key)

  useEffect(() => dialog.current.showModal(), [])
  useEffect(() => {
    if (key !== openedAt.current) dialog.current.close()
  }, [key])

  return (
    <dialog
      ref={dialog}
      className="drawer"
      aria-label={t`Menu`}
      onClose={onClose}
      onClick={({ target }) => target === dialog.current && dialog.current.close()}
    >
      <div className="drawer-content">
        <div className="drawer-head">
          <strong className="cut">{portal.name}</strong>
          <button
            type="button"
            className="icon-button"
            aria-label={t`Close`}
            title={t`Close`}
            onClick={() => dialog.current.close()}
          >
            <Icon name="close" />
          </button>
        </div>
        <nav aria-label={t`Portal`}>
          <Navigation portal={portal} Badge={Badge} />
        </nav>
      </div>
    </dialog>
  )
}
