import './connection.css'
import { t } from '@portal/i18n'
import { useSyncExternalStore } from 'react'
import { Button } from '../../kit/Button.jsx'
import { useNewVersion } from './newVersion.js'
import { useSocketLost } from './socketLost.js'

function subscribe(onChange) {
  window.addEventListener('online', onChange)
  window.addEventListener('offline', onChange)
  return () => {
    window.removeEventListener('online', onChange)
    window.removeEventListener('offline', onChange)
  }
}

/**
 * A line below the header while the device is offline, while the portal does not answer, and when the portal has a newer version than this
 * page. The page stays as it is, and is never loaded again by itself.
 * @param {{failed: boolean}} props `failed`: the last request for the portal failed
 */
export function Connection({ failed }) {
  const online = useSyncExternalStore(subscribe, () => navigator.onLine)
  const socketLost = useSocketLost()
  const reachable = online && !failed
  const isOld = useNewVersion(reachable && !socketLost)
  return (
    <div role="status" className="connection">
      {!online ? (
        <p>{t`This device is offline. What you see may be out of date, and what you send does not arrive until it is online again.`}</p>
      ) : failed ? (
        <p>{t`The portal does not answer. Reconnecting… What you see may be out of date.`}</p>
      ) : socketLost ? (
        <p>{t`Reconnecting… What you see may be out of date.`}</p>
      ) : isOld ? (
        <p>
          {t`A new version of the portal is available.`}{' '}
          <Button onClick={() => location.reload()}>{t`Reload`}</Button>
        </p>
      ) : null}
    </div>
  )
}
