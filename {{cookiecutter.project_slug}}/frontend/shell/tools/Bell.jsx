import './bell.css'
import { useQuery } from '@tanstack/react-query'
import { t } from '@portal/i18n'
import { Suspense, createElement, use, useEffect, useId, useRef, useState } from 'react'
import { Button } from '../../kit/Button.jsx'
import { ErrorBoundary } from '../../kit/ErrorBoundary.jsx'
import { Icon } from '../../kit/Icon.jsx'
import { Notice } from '../../kit/Notice.jsx'
import { Skeleton } from '../../kit/Skeleton.jsx'
import { api, useRefresh, useTopic } from '../../sdk/index.js'
import { PANEL, discardPage, loadPage } from '../pages.js'

const API = '/api/notifications/'
const COUNT = `${API}count/`
const HIGHEST = 99 // a higher count is shown as 99+
const PAUSE = 1_000 // milliseconds without another notification until screen readers announce the count

/**
 * The button in the header that shows how many notifications are unread. It opens a panel with the newest ones. An update of the topic
 * `person` refetches the count and the notifications on the page.
 * @param {{person: import('../../sdk/portal.js').Person, unread: number}} props `unread` is the count until an update
 */
export function Bell({ person, unread: first }) {
  const id = useId()
  /** @type {import('react').RefObject<HTMLDivElement | null>} */
  const panel = useRef(null)
  const [open, setOpen] = useState(false)
  const { unread } = useQuery({
    queryKey: [COUNT, person.id],
    queryFn: ({ signal }) => api(COUNT, { signal }),
    initialData: { unread: first },
    meta: { background: true },
  }).data
  const { announcement, ringing } = useAnnouncement(unread)
  useTopic('person', useRefresh(API))

  const count = unread > HIGHEST ? `${HIGHEST}+` : unread
  const label = unread ? t`Notifications, ${count} unread` : t`Notifications`
  return (
    <>
      <button
        type="button"
        className="icon-button bell"
        popoverTarget={id}
        aria-haspopup="dialog"
        aria-label={label}
        title={label}
        data-ringing={ringing || undefined}
        onPointerEnter={() => loadPage(PANEL).catch(() => {})}
      >
        <Icon name="bell" />
        {unread > 0 && (
          <span className="count-badge" aria-hidden="true">
            {count}
          </span>
        )}
      </button>
      <span role="status" className="visually-hidden">
        {announcement}
      </span>
      <div
        ref={panel}
        id={id}
        popover="auto"
        role="dialog"
        aria-label={t`Notifications`}
        className="bell-panel"
        tabIndex={-1}
        onToggle={({ newState }) => {
          setOpen(newState === 'open')
          if (newState === 'open') panel.current.focus()
        }}
      >
        {open && (
          <ErrorBoundary
            onRetry={() => discardPage(PANEL)}
            fallback={(_error, retry) => (
              <Notice kind="error" title={t`The notifications could not be loaded. Check your connection.`}>
                <Button onClick={retry}>{t`Try again`}</Button>
              </Notice>
            )}
          >
            <Suspense fallback={<Skeleton />}>
              <Panel unread={unread} onClose={() => panel.current?.hidePopover()} />
            </Suspense>
          </ErrorBoundary>
        )}
      </div>
    </>
  )
}

function Panel(props) {
  return createElement(use(loadPage(PANEL)).default, props)
}

/**
 * Announce a higher count of unread notifications to screen readers, once for all that arrive shortly after each other. The bell rings
 * until then.
 * @param {number} unread
 */
function useAnnouncement(unread) {
  const [last, setLast] = useState({ unread, announcement: '' })
  const ringing = unread > last.unread
  useEffect(() => {
    if (unread === last.unread) return undefined
    const announcement = ringing ? t`${unread} unread notifications` : ''
    const timer = setTimeout(() => setLast({ unread, announcement }), ringing ? PAUSE : 0)
    return () => clearTimeout(timer)
  }, [unread, last, ringing])
  return { announcement: last.announcement, ringing }
}
