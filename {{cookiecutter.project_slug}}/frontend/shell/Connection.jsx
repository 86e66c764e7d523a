import { t } from '@portal/i18n'
import { useSyncExternalStore } from 'react'

function subscribe(changed) {
  window.addEventListener('online', changed)
  window.addEventListener('offline', changed)
  return () => {
    window.removeEventListener('online', changed)
    window.removeEventListener('offline', changed)
  }
}

/**
 * One line above the page while the portal cannot be reached: what is on the screen stays, and may be old.
 * @param {{failed: boolean}} props
 */
export function Connection({ failed }) {
  const online = useSyncExternalStore(subscribe, () => navigator.onLine)
  const message = failed
    ? t`The portal does not answer at the moment. What you see may be out of date.`
    : !online
      ? t`This device is offline. What you see may be out of date.`
      : ''
  return (
    <div role="status" className="connection">
      {message && <p>{message}</p>}
    </div>
  )
}
