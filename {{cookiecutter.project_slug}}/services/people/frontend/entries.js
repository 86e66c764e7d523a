import { api, i18n, useQuery } from '@portal/sdk'

/**
 * @typedef {'everyone' | 'campus' | 'nobody'} Visibility
 * @typedef {{name: string, title: string, value: string}} Detail
 * @typedef {{name: string, title: string, since: string, until: string | null, details: Detail[]}} Role
 * @typedef {{id: number, username: string, display_name: string, photo: string | null, email: string | null, roles: Role[]}} Entry
 * @typedef {Entry & {shown_to: {photo: Visibility | null, roles: Visibility | null, email: Visibility | null}}} Profile
 * @typedef {Entry & {entry_visible_to: Visibility, photo_visible_to: Visibility, roles_visible_to: Visibility, email_visible_to: Visibility}} OwnEntry
 */

export const LIST = '/api/people/'
export const ME = `${LIST}me/`
export const ROLES = `${LIST}roles/`
export const DEPARTMENTS = `${LIST}departments/`

/**
 * Fetch from the directory's API.
 * @param {string} path
 */
export function useEntry(path) {
  return useQuery({ queryKey: [path], queryFn: ({ signal }) => api(path, { signal }) })
}

/** The line below a name: each role with its first detail, such as "Student · Physics". @param {Role[]} roles */
export function describeRoles(roles) {
  const words = roles.flatMap(({ title, details }) => [
    title,
    ...details.slice(0, 1).map(({ value }) => value),
  ])
  return [...new Set(words)].join(' · ')
}

/** The department of the first role that has one. @param {Role[]} roles */
export const departmentOf = (roles) =>
  roles.flatMap(({ details }) => details).find(({ name }) => name === 'department')?.value ?? ''

/**
 * Make the address that opens a mail program. The address may have any character, and the @ has to stay.
 * @param {string} email
 */
export function mailto(email) {
  const at = email.lastIndexOf('@')
  return `mailto:${encodeURIComponent(email.slice(0, at))}@${encodeURIComponent(email.slice(at + 1))}`
}

/**
 * Format a date. A date has no time zone, so it must not be converted to the reader's.
 * @param {string} date such as 2026-11-24
 */
export function formatDate(date) {
  return i18n.date(new Date(`${date}T00:00:00Z`), { dateStyle: 'medium', timeZone: 'UTC' })
}
