import { clock, dayOf, i18n, useSyncExternalStore } from '@portal/sdk'
import { getTick, subscribe } from './ticks.js'

const DAY = 86_400 // seconds

// Seconds
const WITHIN_A_DAY = /** @type {const} */ ([
  ['hour', 3_600],
  ['minute', 60],
])
// Days
const BEYOND_A_DAY = /** @type {const} */ ([
  ['year', 365],
  ['month', 30],
  ['week', 7],
])

/**
 * A time relative to now by the portal's clock, such as "in 3 days". It changes by itself while the page is open. Its tooltip shows the date
 * and time in full, in the portal's zone.
 * @param {{value: string}} props `value` is an ISO 8601 date and time, as the API sends it
 */
export function Time({ value }) {
  useSyncExternalStore(subscribe, getTick)
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
 * Describe a time relative to now. From a day on, it counts the days of the calendar in the portal's zone: "yesterday" is the day before
 * today, not the last 48 hours.
 * @param {number} moment in milliseconds since 1970
 * @param {number} now in milliseconds since 1970
 * @param {string} locale
 */
function relativeTime(moment, now, locale) {
  const always = new Intl.RelativeTimeFormat(locale)
  const auto = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' })
  const seconds = Math.round((moment - now) / 1_000)
  if (Math.abs(seconds) < DAY) {
    const unit = WITHIN_A_DAY.find(([, length]) => Math.abs(seconds) >= length)
    return unit ? always.format(Math.trunc(seconds / unit[1]), unit[0]) : auto.format(0, 'second')
  }
  const days = (dayOf(moment).getTime() - dayOf(now).getTime()) / (DAY * 1_000)
  const unit = BEYOND_A_DAY.find(([, length]) => Math.abs(days) >= length)
  return unit ? always.format(Math.trunc(days / unit[1]), unit[0]) : auto.format(days, 'day')
}
