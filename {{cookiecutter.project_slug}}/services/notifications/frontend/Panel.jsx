import { Link, api, useEffect, useLocation, useQuery, useRef } from '@portal/sdk'
import { Button, Problem, Tile } from '@portal/ui'
import { t } from '@portal/i18n'
import { LIST, SETTINGS, useMarkRead } from './notifications.js'
import { Row, RowSkeletons } from './Row.jsx'

const LENGTH = 5
const NEWEST = `${LIST}?page_size=${LENGTH}`
const PAGE = '/notifications'

/**
 * What the panel of the bell shows: the newest notifications.
 * @param {{unread: number, onClose: () => void}} props
 */
export default function Panel({ unread, onClose }) {
  const { data, error, refetch } = useQuery({
    queryKey: [NEWEST],
    queryFn: ({ signal }) => api(NEWEST, { signal }),
    meta: { background: true },
  })
  const markRead = useMarkRead()
  useCloseOnNavigation(onClose)

  const notifications = data?.results
  const problem = markRead.error ?? error
  return (
    <div onBlur={(event) => closeWhenFocusLeaves(event, onClose)}>
      <div className="bell-panel-header">
        <h2>{t`Notifications`}</h2>
        {notifications?.length > 0 && (
          <Button
            kind="quiet"
            aria-disabled={!unread || undefined}
            onClick={() => unread && markRead.mutate({ all: true })}
          >{t`Mark all as read`}</Button>
        )}
      </div>
      {problem && (
        <div className="bell-panel-problem">
          <Problem error={problem} onRetry={markRead.error ? undefined : refetch} />
        </div>
      )}
      {notifications?.length > 0 ? (
        <ul role="list" className="notifications">
          {notifications.map((notification) => (
            <li key={notification.id}>
              <Row
                notification={notification}
                link={notification.link || PAGE}
                onOpen={() => !notification.read && markRead.mutate({ ids: [notification.id] })}
                before={<Tile title={notification.app_title} icon={notification.app_icon} />}
              />
            </li>
          ))}
        </ul>
      ) : notifications ? (
        <div className="bell-panel-empty">
          <p>{t`No notifications yet`}</p>
          <p className="help">{t`Messages from your apps and about your account appear here.`}</p>
        </div>
      ) : (
        !error && <RowSkeletons count={LENGTH} lines={3} />
      )}
      <p className="bell-panel-footer">
        <Link to={PAGE}>{t`All notifications`}</Link>
        <Link to={SETTINGS}>{t`Settings`}</Link>
      </p>
    </div>
  )
}

/** Close the panel when a link in it, or the browser's back button, leads to another page. @param {() => void} onClose */
function useCloseOnNavigation(onClose) {
  const { key } = useLocation()
  const opened = useRef(key)
  useEffect(() => {
    if (key !== opened.current) onClose()
  })
}

/** Close the panel when Tab leaves it, so that it does not cover the element that has the focus then. */
function closeWhenFocusLeaves({ currentTarget, relatedTarget }, onClose) {
  const panel = currentTarget.parentElement
  if (!relatedTarget || panel.contains(relatedTarget)) return
  if (relatedTarget.popoverTargetElement !== panel) onClose() // the bell closes the panel itself
}
