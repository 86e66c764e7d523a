import { api, useQuery, useRefresh, useTopic } from '@portal/sdk'

/**
 * @typedef {{type: string, text?: string, href?: string, level?: number, ordered?: boolean, start?: number, children?: Node[]}} Node
 * @typedef {import('./api-types').AnnouncementsRole} Role
 * @typedef {'scheduled' | 'sent' | 'expired' | 'cancelled'} State
 * @typedef {import('./api-types').AnnouncementsAnnouncement} Announcement
 * @typedef {Announcement & {state: State, roles: Role[], created_at: string, send_at: string, cancelled_at: string | null,
 *   delivered: number | null, read: number | null}} ManagedAnnouncement
 * @typedef {import('./api-types').AnnouncementsSource} Source
 * @typedef {import('./api-types').AnnouncementsOptions} Options
 */

export const LIST = '/api/announcements/'
export const SCHEDULED = `${LIST}all/?scheduled=true`
export const OTHERS = `${LIST}all/?scheduled=false`

/**
 * Fetch from the API of announcements.
 * @param {string} path
 */
export function useFetched(path) {
  return useQuery({ queryKey: [path], queryFn: ({ signal }) => api(path, { signal }) })
}

/** Fetch everything again when an announcement was scheduled, sent or cancelled. */
export function useLiveLists() {
  useTopic('announcements:list', useRefresh(LIST))
}

/** Fetch what the visitor may do. */
export const useOptions = () => useFetched(`${LIST}options/`)
