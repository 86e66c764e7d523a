import { clock, dayOf, i18n, useRefresh } from '@portal/sdk'
import { t } from '@portal/i18n'

/**
 * @typedef {{id: number, name: string, title: string, end: string | null}} RoleOfToday
 * @typedef {{id: number, username: string, display_name: string, email: string, photo: string | null, is_active: boolean,
 *   is_maintainer: boolean, may_change: boolean, last_sign_in: string | null, department: string, roles: RoleOfToday[]}} Person
 * @typedef {Person & {name: string, joined: string, has_password: boolean, has_second_factor: boolean}} PersonInFull
 * @typedef {{name: string, title: string, description: string, details: any, opens: string[]}} GrantableRole
 * @typedef {{id: number, name: string, title: string, start: string, end: string | null, status: 'active' | 'past' | 'future',
 *   details: Record<string, any>}} RoleInFull
 */

export const PEOPLE = '/api/people/'
export const MANAGE = `${PEOPLE}manage/`
export const ROLES = `${MANAGE}roles/`
export const IMPORTS = `${MANAGE}imports/`
export const EXPORT = `${MANAGE}export/`

/** The way back to the list, for the pages below it. */
export const breadcrumbs = () => [{ title: t`Manage people`, to: '/manage-people' }]

/** Return a function that fetches everything about people again, after a change. */
export const useRefreshPeople = () => useRefresh(PEOPLE)

const DAY = 86_400_000 // milliseconds
const SOON = 30 // days, as in the filter "A role ends within 30 days"

/** Whether a role ends soon. @param {string | null} end */
export const endsSoon = (end) => Boolean(end) && Date.parse(end) - dayOf(clock.now()).getTime() <= SOON * DAY

/** Format a day without its year where that is clear. @param {string} date such as 2026-12-31 */
export function formatDay(date) {
  const isThisYear = date.startsWith(String(dayOf(clock.now()).getUTCFullYear()))
  return i18n.date(new Date(`${date}T00:00:00Z`), {
    day: 'numeric',
    month: 'short',
    year: isThisYear ? undefined : 'numeric',
    timeZone: 'UTC',
  })
}

/** Today in a time zone, as a date field has it. @param {string} timeZone */
export const todayIn = (timeZone) => new Date(clock.now()).toLocaleDateString('sv', { timeZone }) // Sweden writes 2026-01-31

/** Names for a sentence, at most three in full. @param {{display_name: string}[]} people */
export function nameList(people) {
  const names = people.slice(0, 3).map(({ display_name: name }) => name)
  const others = people.length - names.length
  if (others > 0) names.push(t`${others} more`)
  return new Intl.ListFormat(i18n.locale).format(names)
}
