import { useState } from '@portal/sdk'
import { Button, Row, Rows } from '@portal/ui'
import { useUndoableDelete } from '@portal/ui/toast'
import { t } from '@portal/i18n'
import { BookingDialog } from './BookingDialog.jsx'
import { LIST, bookingPath, formatPeriod } from './calendar.js'

/**
 * The free and the booked periods of a room on one day.
 * @param {object} props
 * @param {import('./calendar.js').Room} props.room
 * @param {import('./calendar.js').Period[]} props.periods
 */
export function Periods({ room, periods }) {
  const [chosen, setChosen] = useState(/** @type {import('./calendar.js').Period | null} */ (null))
  const { remove, isDeleted } = useUndoableDelete(LIST)
  const remaining = periods.filter(({ booking }) => !booking || !isDeleted(bookingPath(booking.id)))
  return (
    <>
      {remaining.length === 0 && <p className="help">{t`This day is over.`}</p>}
      <Rows>
        {remaining.map((period) => (
          <PeriodRow
            key={period.starts_at}
            period={period}
            room={room}
            onBook={() => setChosen(period)}
            onCancel={(booking) => remove(bookingPath(booking.id), t`Booking cancelled`)}
          />
        ))}
      </Rows>
      {chosen && <BookingDialog room={room} period={chosen} onClose={() => setChosen(null)} />}
    </>
  )
}

/**
 * @param {object} props
 * @param {import('./calendar.js').Room} props.room
 * @param {import('./calendar.js').Period} props.period
 * @param {() => void} props.onBook
 * @param {(booking: import('./calendar.js').Booked) => void} props.onCancel
 */
function PeriodRow({ room, period, onBook, onCancel }) {
  const { booking } = period
  const [time, { name }] = [formatPeriod(period), room]
  if (!booking) {
    const label = t`Book ${name}, ${time}`
    return (
      <Row
        title={time}
        detail={t`Free`}
        end={<Button aria-label={label} onClick={onBook}>{t`Book`}</Button>}
      />
    )
  }
  const { title, person, is_mine } = booking
  return (
    <Row
      title={time}
      detail={`${title} · ${person}`}
      end={
        is_mine && (
          <Button
            kind="quiet"
            aria-label={t`Cancel ${title}, ${time}`}
            onClick={() => onCancel(booking)}
          >{t`Cancel`}</Button>
        )
      }
    />
  )
}
