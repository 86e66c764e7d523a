import { Link, clock as portalClock, i18n } from '@portal/sdk'
import { Time } from '@portal/ui'
import { t } from '@portal/i18n'
import './notifications.css'

// Paths below these are not pages of the frontend, so the browser has to load them.
const SERVER_PATHS =
  /^\/(api|_allauth|ws|admin|redis|health|static|media|protected|identity|\.well-known)(\/|$)/

/**
 * One notification: its title, which is the link of the whole row, its body and its age.
 * @param {{notification: import('./notifications.js').Notification, link?: string, onOpen: () => void,
 *   clock?: boolean, before?: import('react').ReactNode, children?: import('react').ReactNode}} props
 *   `link` defaults to the notification's own; `onOpen` is called when the reader follows the link; `clock` shows the time of day;
 *   `before` is at the start of the row; `children` are buttons
 */
export function Row({ notification, link = notification.link, onOpen, clock, before, children }) {
  const { title, body, created_at, read } = notification
  const words = (
    <>
      {!read && <span className="visually-hidden">{t`Unread:`} </span>}
      {title}
    </>
  )
  return (
    <div className="notification" data-unread={!read || undefined}>
      {before}
      <div className="notification-text">
        {link ? (
          <Link
            className="notification-title"
            to={link}
            reloadDocument={SERVER_PATHS.test(link)}
            onClick={onOpen}
            onAuxClick={(event) => event.button === 1 && onOpen()}
          >
            {words}
          </Link>
        ) : (
          <span className="notification-title" tabIndex={-1}>
            {words}
          </span>
        )}
        {body && <p className="notification-body">{body}</p>}
      </div>
      {!read && <span className="notification-dot" aria-hidden="true" />}
      <div className="notification-time">
        {clock ? <Clock value={created_at} /> : <Time value={created_at} />}
      </div>
      {children && <div className="notification-actions">{children}</div>}
    </div>
  )
}

/** The time of day in the portal's zone, where a heading says the date. @param {{value: string}} props */
function Clock({ value }) {
  const moment = new Date(value)
  const timeZone = portalClock.zone
  return (
    <time dateTime={value} title={i18n.date(moment, { dateStyle: 'full', timeStyle: 'short', timeZone })}>
      {i18n.date(moment, { timeStyle: 'short', timeZone })}
    </time>
  )
}

/** Placeholders of the size of rows. @param {{count: number, lines: number}} props `lines` is how many lines of text a row has */
export function RowSkeletons({ count, lines }) {
  return (
    <div role="status">
      <span className="visually-hidden">{t`Loading…`}</span>
      {Array.from({ length: count }, (_, row) => (
        <div key={row} className="notification notification-skeleton" aria-hidden="true">
          <span className="skeleton" />
          <div className="notification-text">
            {Array.from({ length: lines }, (_, line) => (
              <span key={line} className="skeleton" />
            ))}
          </div>
        </div>
      ))}
    </div>
  )
}
