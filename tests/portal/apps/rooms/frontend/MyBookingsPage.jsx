import { dayOf, useApp, useList, useRefresh, useTopic } from '@portal/sdk'
import { Button, EmptyState, Page, Panel, Problem, Row, Rows, Skeleton } from '@portal/ui'
import { useUndoableDelete } from '@portal/ui/toast'
import { t } from '@portal/i18n'
import { AppTabs } from './AppTabs.jsx'
import { BOOKINGS, LIST, TOPIC, bookingPath, formatDay, formatPeriod } from './calendar.js'

/** The reader's own bookings that are not over. */
export function MyBookingsPage() {
  const { title } = useApp()
  const list = useList(BOOKINGS)
  const { remove, isDeleted } = useUndoableDelete(LIST)
  useTopic(TOPIC, useRefresh(LIST))
  const bookings = list.items?.filter(({ id }) => !isDeleted(bookingPath(id)))
  return (
    <Page title={t`My bookings`} breadcrumbs={[{ title, to: '/rooms' }]} narrow>
      <AppTabs />
      <Panel
        title={t`Coming`}
        action={
          <a href={`${BOOKINGS}export/`} download>
            {t`Save for a calendar`}
          </a>
        }
        footer={
          list.fetchMore && (
            <Button busy={list.isFetchingMore} onClick={list.fetchMore}>{t`Show more`}</Button>
          )
        }
      >
        {list.error && <Problem error={list.error} onRetry={list.retry} />}
        {!bookings && !list.error && <Skeleton shape="row" count={3} />}
        {bookings?.length === 0 && <EmptyState icon="calendar" title={t`No bookings`} level="h3" />}
        <Rows>
          {bookings?.map((booking) => (
            <BookingRow
              key={booking.id}
              booking={booking}
              onCancel={() => remove(bookingPath(booking.id), t`Booking cancelled`)}
            />
          ))}
        </Rows>
      </Panel>
    </Page>
  )
}

/** @param {{booking: any, onCancel: () => void}} props */
function BookingRow({ booking, onCancel }) {
  const { room_name, title, starts_at } = booking
  const day = dayOf(Date.parse(starts_at)).toISOString()
  return (
    <Row
      title={title}
      detail={`${room_name} · ${formatDay(day)}, ${formatPeriod(booking)}`}
      wrap
      end={
        <Button kind="quiet" aria-label={t`Cancel ${title}`} onClick={onCancel}>
          {t`Cancel`}
        </Button>
      }
    />
  )
}
