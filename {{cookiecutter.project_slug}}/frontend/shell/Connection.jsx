import { t } from '@portal/i18n'
import { useSyncExternalStore } from 'react'

function subscribe(onChange) {
  window.addEventListener('online', onChange)
  window.addEventListener('offline', onChange)
  return () => {
    window.removeEventListener('online', onChange)
    window.removeEventListener('offline', onChange)
  }
}

/**
 * A line above the page while the device is offline or the portal does not answer. The page stays visible.
 * @param {{failed: boolean}} props `failed`: the last request for the portal failed
 */
export function Connection({ failed }) {
  const online = useSyncExternalStore(subscribe, () => navigator.onLine)
  const message = failed
    ? t`The portal is not answering. What you see may be out of date.`
    : !online
      ? t`This device is offline. What you see may be out of date.`
      : ''
  return (
    <div role="status" className="connection">
      {message && <p>{message}</p>}
    </div>
  )
}
