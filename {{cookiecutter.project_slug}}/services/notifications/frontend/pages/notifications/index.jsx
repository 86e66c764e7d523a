import { useList, useSearchParams, useState } from '@portal/sdk'
import { Button, LinkButton, Page, Problem } from '@portal/ui'
import { Plural, t } from '@portal/i18n'
import { groupByDayAndApp } from '../../groups.js'
import { LIST, SETTINGS, useDelete, useMarkRead, useUnreadCount } from '../../notifications.js'
import { Day, DaySkeleton } from './Day.jsx'
import { NothingHere } from './NothingHere.jsx'
import { AppFilter, UnreadFilter } from './filters.jsx'
import { useFocusAfterRemoval } from './useFocusAfterRemoval.js'

const PAGE_SIZE = 50
const APP_NAME = /^[a-z][a-z0-9_]{0,39}$/ // the API refuses other names

/** The person's notifications, by day and app. The filters are in the address: `?unread=1&app=polls`. */
export default function Notifications() {
  const [query] = useSearchParams()
  const app = query.get('app') ?? ''
  const filter = { unread: query.has('unread'), app: APP_NAME.test(app) ? app : '' }
  const unread = useUnreadCount()
  const [message, setMessage] = useState('')
  const markRead = useMarkRead()
  const remove = useDelete()
  const changeError = markRead.error ?? remove.error
  const list = useNotifications(filter)
  const days = groupByDayAndApp(list.visible)
  const focus = useFocusAfterRemoval()

  /** @param {import('../../notifications.js').Selection} selection */
  function onRead(selection) {
    remove.reset() // its error, if there is one, is about something else
    markRead.mutate(selection)
  }

  /** @param {number} id */
  function onDelete(id) {
    markRead.reset()
    remove.mutate(id, { onSuccess: () => setMessage(t`Notification deleted.`) })
  }

  return (
    <Page
      title={t`Notifications`}
      lead={unread ? <Plural value={unread} one="# unread" other="# unread" /> : t`Nothing unread`}
      actions={
        <>
          {list.ofAllApps?.length !== 0 && (
            <Button
              aria-disabled={!unread || undefined}
              onClick={() => unread && onRead({ all: true })}
            >{t`Mark all as read`}</Button>
          )}
          <LinkButton to={SETTINGS}>{t`Settings`}</LinkButton>
        </>
      }
    >
      <UnreadFilter filter={filter} unread={unread} />
      <p role="status" className="visually-hidden">
        {message}
      </p>
      <div className="notifications-page">
        <AppFilter filter={filter} notifications={list.ofAllApps ?? []} />
        <div className="stack" aria-busy={list.isPrevious || undefined} {...focus}>
          {changeError && <Problem error={changeError} />}
          {list.error && <Problem error={list.error} onRetry={list.retry} />}
          {days.map(({ day, apps }, index) => (
            <Day
              key={day.getTime()}
              day={day}
              apps={apps}
              isNewest={index === 0}
              onRead={onRead}
              onDelete={onDelete}
            />
          ))}
          {list.isLoading ? (
            <DaySkeleton />
          ) : (
            days.length === 0 && !list.error && <NothingHere filter={filter} />
          )}
          {list.fetchMore && (
            <p>
              <Button busy={list.isFetchingMore} onClick={list.fetchMore}>{t`Show more`}</Button>
            </p>
          )}
        </div>
      </div>
    </Page>
  )
}

/**
 * Read the notifications that pass a filter.
 * @param {import('./filters.jsx').Filter} filter
 */
function useNotifications({ unread, app }) {
  const query = { page_size: PAGE_SIZE }
  const { items: ofAllApps } = useList(LIST, { query }) // for the filter by app
  const { items, error, retry, fetchMore, isFetchingMore, isPrevious } = useList(LIST, {
    query: { ...query, unread: unread && 1, app },
    keep: true,
  })
  // While the list of the next filter loads, those of the previous one that pass the new one are visible.
  const visible = (items ?? []).filter(
    (notification) => !(unread && notification.read) && (!app || notification.app === app),
  )
  return {
    ofAllApps,
    visible,
    error,
    retry,
    isPrevious,
    isLoading: !error && (!items || (isPrevious && visible.length === 0)),
    fetchMore: error || isPrevious ? null : fetchMore,
    isFetchingMore,
  }
}
