import { api, useQuery } from '@portal/sdk'

/**
 * @typedef {'everyone' | 'campus' | 'nobody'} Visibility
 * @typedef {{name: string, title: string, since: string, details: {name: string, title: string, value: string}[]}} Role
 * @typedef {{id: number, username: string, display_name: string, photo: string | null, email: string | null, roles: Role[]}} Entry
 * @typedef {Entry & {entry_visible_to: Visibility, photo_visible_to: Visibility, roles_visible_to: Visibility, email_visible_to: Visibility}} OwnEntry
 */

export const LIST = '/api/people/'
export const ME = `${LIST}me/`
export const ROLES = `${LIST}roles/`

/**
 * Fetch from the directory's API.
 * @param {string} path
 */
export function useEntry(path) {
  return useQuery({ queryKey: [path], queryFn: ({ signal }) => api(path, { signal }) })
}

/**
 * Return whether a query has data of the directory, which a change of privacy settings invalidates.
 * @param {{queryKey: readonly unknown[]}} query
 */
export const isOfDirectory = ({ queryKey }) => String(queryKey[0]).startsWith(LIST)
