import { clock } from './clock.js'

/**
 * Return the date that a moment has in the portal's zone, as the midnight in UTC of that date. Show it with `timeZone: 'UTC'`; the
 * difference of two is a whole number of days.
 * @param {Date | number} moment
 * @returns {Date}
 */
export function dayOf(moment) {
  const options = /** @type {const} */ ({
    timeZone: clock.zone,
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
  })
  const parts = new Intl.DateTimeFormat('en', options).formatToParts(moment)
  const value = (type) => Number(parts.find((part) => part.type === type).value)
  return new Date(Date.UTC(value('year'), value('month') - 1, value('day')))
}
