import { t } from '@portal/i18n'
import { LinkButton } from '../kit/Button.jsx'
import { Chip } from '../kit/Chip.jsx'
import { Row } from '../kit/Row.jsx'
import { Time } from '../kit/Time.jsx'
import { api } from '../sdk/api.js'
import { clock } from '../sdk/clock.js'
import { useRefresh } from '../sdk/list.js'

const DAY = 86_400_000 // milliseconds
const NOTIFICATIONS = '/api/notifications/'

/** One thing that waits: its app, what it is, when it is due or happened, and what to do. @param {{item: import('../shell/attention.js').AttentionItem}} props */
export function Item({ item: { app_title, app_icon, source, key, title, detail, link, action, at } }) {
  const refresh = useRefresh(NOTIFICATIONS)
  const markRead = () => {
    if (source !== 'notifications') return
    api(`${NOTIFICATIONS}read/`, { body: { ids: [Number(key)] }, keepalive: true })
      .then(refresh)
      .catch(() => {}) // it stays unread, and can be opened again
  }
  return (
    <Row
      to={link}
      onClick={markRead}
      tile={{ title: app_title, icon: app_icon }}
      title={title}
      detail={detail ? `${app_title} · ${detail}` : app_title}
      wrap
      end={
        (at || action) && (
          <>
            {at && <When at={at} />}
            {action && (
              <LinkButton to={link} aria-label={t`${action}: ${title}`}>
                {action}
              </LinkButton>
            )}
          </>
        )
      }
    />
  )
}

/** When something is due, or when it happened. What is due within a day stands out. @param {{at: string}} props */
function When({ at }) {
  const left = Date.parse(at) - clock.now()
  if (left < 0) return <Time value={at} />
  return (
    <Chip tone={left < DAY ? 'warn' : undefined} icon="clock">
      <span className="visually-hidden">{t`Due`} </span>
      <Time value={at} />
    </Chip>
  )
}
