import { clock, dayOf, i18n, useId } from '@portal/sdk'
import { Button, Card, Icon, Tile } from '@portal/ui'
import { t } from '@portal/i18n'
import { daysAgo } from '../../groups.js'
import { Row, RowSkeletons } from '../../Row.jsx'

const PLACEHOLDERS = 5

/**
 * The notifications of one day, by app.
 * @param {{day: Date, apps: {app: string, notifications: import('../../notifications.js').Notification[]}[], isNewest: boolean,
 *   onRead: (selection: import('../../notifications.js').Selection) => void, onDelete: (id: number) => void}} props
 */
export function Day({ day, apps, isNewest, onRead, onDelete }) {
  const id = useId()
  const age = daysAgo(day)
  const ofDay = apps.flatMap(({ notifications }) => notifications)
  const newest = ofDay.reduce((one, other) => (one.id > other.id ? one : other))
  return (
    <Card role="region" aria-labelledby={id} className="notification-day">
      <div className="notification-day-header">
        <h2 id={id}>{dayTitle(day, age)}</h2>
        {!isNewest && ofDay.some(({ read }) => !read) && (
          <Button kind="quiet" onClick={() => onRead({ until: newest.created_at })}>
            {t`Mark these and earlier as read`}
          </Button>
        )}
      </div>
      {apps.map(({ app, notifications }) => {
        const { app_title: title, app_icon: icon } = notifications[0]
        return (
          <div key={app} className="notification-group">
            <h3>
              <Tile title={title} icon={icon} />
              {title}
            </h3>
            <ul role="list" className="notifications">
              {notifications.map((notification) => (
                <li key={notification.id}>
                  <Row
                    notification={notification}
                    clock={age > 0}
                    onOpen={() => !notification.read && onRead({ ids: [notification.id] })}
                  >
                    <Actions notification={notification} onRead={onRead} onDelete={onDelete} />
                  </Row>
                </li>
              ))}
            </ul>
          </div>
        )
      })}
    </Card>
  )
}

function Actions({ notification: { id, read, title }, onRead, onDelete }) {
  return (
    <>
      {!read && (
        <button
          type="button"
          className="icon-button"
          title={t`Mark as read`}
          aria-label={t`Mark as read: ${title}`}
          onClick={() => onRead({ ids: [id] })}
        >
          <Icon name="check" />
        </button>
      )}
      <button
        type="button"
        className="icon-button"
        title={t`Delete`}
        aria-label={t`Delete: ${title}`}
        onClick={() => onDelete(id)}
      >
        <Icon name="trash" />
      </button>
    </>
  )
}

/** @param {Date} day @param {number} age in days */
function dayTitle(day, age) {
  if (age === 0) return t`Today`
  if (age === 1) return t`Yesterday`
  const isThisYear = day.getUTCFullYear() === dayOf(new Date(clock.now())).getUTCFullYear()
  return i18n.date(day, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    year: isThisYear ? undefined : 'numeric',
    timeZone: 'UTC',
  })
}

/** A placeholder for a day. */
export function DaySkeleton() {
  return (
    <Card className="notification-day">
      <div className="notification-day-header">
        <span className="skeleton" />
      </div>
      <RowSkeletons count={PLACEHOLDERS} lines={2} />
    </Card>
  )
}
