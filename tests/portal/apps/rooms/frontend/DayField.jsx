import { clock, useState } from '@portal/sdk'
import { Button } from '@portal/ui'
import { DateField } from '@portal/ui/dates'
import { t } from '@portal/i18n'
import { addDays } from './calendar.js'

const YEAR = 365 * 24 * 60 * 60 * 1000 // milliseconds

/**
 * Choose a day, or go some days back or forward.
 * @param {object} props
 * @param {string} props.day
 * @param {(day: string) => void} props.onChange
 * @param {number} props.step
 */
export function DayField({ day, onChange, step }) {
  const [typed, setTyped] = useState({ day, value: /** @type {string | null} */ (day) })
  // While a year is typed, the date is complete, but far away: 2 January 0002.
  function change(/** @type {string | null} */ value) {
    const isNear = value !== null && Math.abs(Date.parse(value) - clock.now()) < YEAR
    setTyped({ day: isNear ? value : day, value })
    if (isNear) onChange(value)
  }
  return (
    <div className="row">
      <DateField label={t`Day`} value={typed.day === day ? typed.value : day} onChange={change} />
      <Button onClick={() => onChange(addDays(day, -step))}>
        {step > 1 ? t`Previous week` : t`Previous day`}
      </Button>
      <Button onClick={() => onChange(addDays(day, step))}>{step > 1 ? t`Next week` : t`Next day`}</Button>
    </div>
  )
}
