// What the pages of this app share: the paths of the API, its data, and the day that a page shows.
import { clock, dayOf, i18n, useSearchParams } from '@portal/sdk'

/**
 * @typedef {object} Booked
 * @property {number} id
 * @property {string} title
 * @property {string} person
 * @property {boolean} is_mine whether the reader can cancel it
 */

/**
 * @typedef {object} Period
 * @property {string} starts_at
 * @property {string} ends_at
 * @property {Booked | null} booking null is free
 */

/**
 * @typedef {object} Room
 * @property {number} id
 * @property {string} name
 * @property {string} place
 * @property {number} seats
 * @property {string} equipment
 * @property {{day: string, periods: Period[]}[]} days
 */

export const LIST = '/api/rooms/'
export const BOOKINGS = `${LIST}bookings/`
export const TOPIC = 'rooms:calendar'

const QUARTER = 15 * 60 * 1000 // milliseconds
const HOUR = 4 * QUARTER
const LONGEST = 8 * HOUR

/** @param {number} id */
export const bookingPath = (id) => `${BOOKINGS}${id}/`

/** The text of a day, such as `2026-11-30`. @param {Date} date its midnight in UTC */
const textOf = (date) => date.toISOString().slice(0, 10)

/** The day of the address, `?day=2026-11-30`, by default today, and a function that changes it. @returns {[string, (day: string) => void]} */
export function useDay() {
  const [query, setQuery] = useSearchParams()
  const given = query.get('day') ?? ''
  const isDay = /^\d{4}-\d\d-\d\d$/.test(given) && !Number.isNaN(Date.parse(given))
  const setDay = (/** @type {string} */ day) => {
    const changed = new URLSearchParams(query)
    changed.set('day', day)
    setQuery(changed)
  }
  return [isDay ? given : textOf(dayOf(clock.now())), setDay]
}

/** @param {string} day @param {number} days */
export function addDays(day, days) {
  const date = new Date(day)
  date.setUTCDate(date.getUTCDate() + days)
  return textOf(date)
}

/** @param {string} day */
export const formatDay = (day) =>
  i18n.date(new Date(day), { weekday: 'long', day: 'numeric', month: 'long', timeZone: 'UTC' })

/** @param {string} moment */
export const formatTime = (moment) => i18n.date(moment, { timeStyle: 'short', timeZone: clock.zone })

/** @param {{starts_at: string, ends_at: string}} period */
export const formatPeriod = ({ starts_at, ends_at }) => `${formatTime(starts_at)} – ${formatTime(ends_at)}`

/** The times at which a booking in a free period can start. @param {Period} period */
export const startsIn = (period) =>
  quarters(Date.parse(period.starts_at), Date.parse(period.ends_at) - QUARTER)

/** The times at which it can end. @param {Period} period @param {string} start */
export const endsIn = (period, start) =>
  quarters(Date.parse(start) + QUARTER, Math.min(Date.parse(period.ends_at), Date.parse(start) + LONGEST))

/** The end that is proposed: after an hour, if the period is that long. @param {Period} period @param {string} start */
export const proposedEnd = (period, start) => {
  const ends = endsIn(period, start)
  return ends[Math.min(HOUR / QUARTER, ends.length) - 1]
}

/** @param {number} first @param {number} last */
function quarters(first, last) {
  const count = Math.floor((last - first) / QUARTER) + 1
  return Array.from({ length: count }, (_, number) => new Date(first + number * QUARTER).toISOString())
}
