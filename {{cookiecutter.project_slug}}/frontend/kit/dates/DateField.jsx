import '../aria/index.js'
import './dates.css'
import { now, parseAbsolute, parseDate, today, toZoned } from '@internationalized/date'
import { CalendarStateContext } from 'react-aria-components/Calendar'
import {
  Button,
  Calendar,
  CalendarCell,
  CalendarGrid,
  DateInput,
  DatePicker,
  DateSegment,
  FieldError,
  Group,
  Label,
  Popover,
  Text,
} from 'react-aria-components/DatePicker'
import { Dialog } from 'react-aria-components/Dialog'
import { Heading } from 'react-aria-components/Heading'
import { use, usePortal } from '@portal/sdk'
import { t } from '@portal/i18n'
import { Frame } from '../aria/Frame.jsx'

/**
 * A field for a date, or for a date and a time in the portal's time zone, whatever the zone of the device is.
 * @param {object} props
 * @param {import('react').ReactNode} props.label
 * @param {import('react').ReactNode} [props.help]
 * @param {string} [props.error]
 * @param {string} [props.name] of the form's field
 * @param {string | null} props.value a date such as `2026-11-30`; with `time`, a moment such as `2026-11-30T12:00:00Z`
 * @param {(value: string | null) => void} props.onChange gets the same, or null as long as the date is not complete. While a
 *   year is typed, it is an early one, such as 0002
 * @param {boolean} [props.time] asks for the time too
 * @param {string} [props.min] the earliest value
 * @param {string} [props.max] the latest value
 * @param {boolean} [props.required]
 */
export default function DateField({
  label,
  help,
  error,
  name,
  value,
  onChange,
  time = false,
  min,
  max,
  required,
}) {
  const zone = usePortal().time_zone
  const parse = (text) => parseOrNull(text, (one) => (time ? parseAbsolute(one, zone) : parseDate(one)))
  const isElsewhere = time && zone !== Intl.DateTimeFormat().resolvedOptions().timeZone

  function change(next) {
    if (!next) onChange(null)
    else if (time) onChange(('timeZone' in next ? next : toZoned(next, zone)).toAbsoluteString())
    else onChange(next.toString())
  }

  return (
    <Frame>
      <DatePicker
        className="field date-field"
        data-field={name}
        value={/** @type {any} */ (parse(value))}
        onChange={change}
        granularity={time ? 'minute' : 'day'}
        placeholderValue={
          /** @type {any} */ (time ? now(zone).set({ hour: 12, minute: 0, second: 0, millisecond: 0 }) : null)
        }
        hideTimeZone
        minValue={/** @type {any} */ (parse(min))}
        maxValue={/** @type {any} */ (parse(max))}
        isInvalid={error ? true : undefined}
        isRequired={required}
        validationBehavior="aria"
      >
        <Label>{label}</Label>
        <Group className="aria-field">
          <DateInput className="date-field-segments">
            {(segment) => <DateSegment segment={segment} />}
          </DateInput>
          <Button>
            <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
              <path d="M4 6h16v14H4zM4 10h16M8 3v4M16 3v4" />
            </svg>
          </Button>
        </Group>
        {(help || isElsewhere) && (
          <Text slot="description" className="help">
            {help} {isElsewhere && t`Time zone: ${zone.replaceAll('_', ' ')}`}
          </Text>
        )}
        <FieldError className="field-error">{error && (() => error)}</FieldError>
        <Popover className="aria-popover" offset={4}>
          <Dialog className="date-field-dialog">
            <Calendar defaultFocusedValue={value ? undefined : today(zone)}>
              <header>
                <Button slot="previous">
                  <Arrow path="m14 7-5 5 5 5" />
                </Button>
                <Heading level={2} />
                <Button slot="next">
                  <Arrow path="m10 7 5 5-5 5" />
                </Button>
              </header>
              <Days zone={zone} />
            </Calendar>
          </Dialog>
        </Popover>
      </DatePicker>
    </Frame>
  )
}

/** The days of a month. The one that is today in the zone is marked. @param {{zone: string}} props */
function Days({ zone }) {
  // React Aria takes the zone of the device, and no property changes it. The object is made for each rendering.
  Object.assign(use(CalendarStateContext), { timeZone: zone })
  return <CalendarGrid>{(date) => <CalendarCell date={date} />}</CalendarGrid>
}

/**
 * Return null for no text, and for one that is no date: an old draft can have one.
 * @template Parsed
 * @param {string | null | undefined} text
 * @param {(text: string) => Parsed} parse throws when it cannot
 */
function parseOrNull(text, parse) {
  try {
    return text ? parse(text) : null
  } catch {
    return null
  }
}

const Arrow = ({ path }) => (
  <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
    <path d={path} />
  </svg>
)
