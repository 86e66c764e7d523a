import { i18n } from '@portal/sdk'

const UNITS = /** @type {const} */ ([
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['week', 604_800],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
])

/**
 * A moment as people say it ("in 3 days"), with the exact one as its title.
 * @param {{value: string}} props
 */
export function Time({ value }) {
  const moment = new Date(value)
  return (
    <time
      dateTime={value}
      title={moment.toLocaleString(i18n.locale, { dateStyle: 'full', timeStyle: 'short' })}
    >
      {ago(moment.getTime(), Date.now(), i18n.locale)}
    </time>
  )
}

/**
 * @param {number} moment
 * @param {number} now
 * @param {string} locale
 */
export function ago(moment, now, locale) {
  const seconds = Math.round((moment - now) / 1000)
  const [unit, length] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ['second', 1]
  return new Intl.RelativeTimeFormat(locale, { numeric: 'auto' }).format(
    unit === 'second' ? 0 : Math.trunc(seconds / length),
    unit,
  )
}
