import { clock, i18n } from '@portal/sdk'

// Seconds of each unit, the longest first.
const UNITS = /** @type {const} */ ([
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
])

/**
 * A time relative to now by the portal's clock, such as "in 3 days". Its tooltip shows the date and time in full, in the portal's zone.
 * @param {{value: string}} props `value` is an ISO 8601 date and time, as the API sends it
 */
export function Time({ value }) {
  const moment = new Date(value)
  return (
    <time
      dateTime={value}
      title={i18n.date(moment, { dateStyle: 'full', timeStyle: 'short', timeZone: clock.zone })}
    >
      {relativeTime(moment.getTime(), clock.now(), i18n.locale)}
    </time>
  )
}

/**
 * Describe a time relative to now.
 * @param {number} moment in milliseconds since 1970
 * @param {number} now in milliseconds since 1970
 * @param {string} locale
 */
function relativeTime(moment, now, locale) {
  const seconds = Math.round((moment - now) / 1000)
  const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1]
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(
    unit === 'second' ? 0 : Math.trunc(seconds / length),
    unit,
  )
}
