import { Link, usePortal } from '@portal/sdk'
import { Tile } from '@portal/ui'
import { t } from '@portal/i18n'

/** @typedef {{unread: boolean, app: string}} Filter `app` is an app's folder; an empty string is every app */

/** Make the query of the address of a filter. @param {Filter} filter */
export function searchOf({ unread, app }) {
  const query = new URLSearchParams()
  if (unread) query.set('unread', '1')
  if (app) query.set('app', app)
  return { search: query.toString() }
}

/** Links to all notifications, and to the unread ones. @param {{filter: Filter, unread: number}} props */
export function UnreadFilter({ filter, unread }) {
  return (
    <nav className="notification-tabs" aria-label={t`Filter`}>
      <Choice to={{ ...filter, unread: false }} current={!filter.unread}>{t`All`}</Choice>
      <Choice to={{ ...filter, unread: true }} current={filter.unread}>
        {t`Unread`} {unread > 0 && <span className="notification-count">{unread}</span>}
      </Choice>
    </nav>
  )
}

/**
 * Links to the notifications of each app. Nothing with only one app.
 * @param {{filter: Filter, notifications: import('../../notifications.js').Notification[]}} props `notifications` are of all apps
 */
export function AppFilter({ filter, notifications }) {
  const title = useAppTitle(filter.app)
  const apps = new Map(notifications.map(({ app, app_title, app_icon }) => [app, [app_title, app_icon]]))
  if (filter.app && !apps.has(filter.app)) apps.set(filter.app, [title, ''])
  if (apps.size === 0 || (apps.size === 1 && !filter.app)) return null
  const sorted = [...apps].sort(([, [one]], [, [other]]) => one.localeCompare(other))
  return (
    <nav className="notification-senders" aria-label={t`Filter by app`}>
      <Choice to={{ ...filter, app: '' }} current={!filter.app}>{t`All apps`}</Choice>
      {sorted.map(([name, [title, icon]]) => (
        <Choice key={name} to={{ ...filter, app: name }} current={filter.app === name}>
          <Tile title={title} icon={icon} />
          <span>{title}</span>
        </Choice>
      ))}
    </nav>
  )
}

/** Return the title of an app, or its name when this person has no such app. @param {string} name */
export function useAppTitle(name) {
  return usePortal().apps.find((app) => app.name === name)?.title ?? name
}

/** @param {{to: Filter, current: boolean, children: import('react').ReactNode}} props */
function Choice({ to, current, children }) {
  return (
    <Link to={searchOf(to)} aria-current={current ? 'true' : undefined}>
      {children}
    </Link>
  )
}
