import { createContext, useContext } from 'react'
import { useQuery } from '@tanstack/react-query'
import { addIcons } from '../kit/icons.js'
import { ApiError, api, setSite } from './api.js'
import { setClock } from './clock.js'

/**
 * @typedef {{name: string, title: string, description: string, icon?: string, category?: string, actions?: {title: string, path: string}[]}} App
 *   `name` is the app's folder and the first segment of its path; `actions` are what people can begin there
 * @typedef {{id: string | number, username: string, display_name: string, photo?: string | null, roles: string[],
 *   maintainer: boolean}} Person
 *   `photo` is a URL; `roles` are names of active roles, such as `student`; `maintainer`: show the maintainers' pages
 * @typedef {{
 *   name: string, description: string, institute: {name: string, url: string}, site: 'intranet' | 'internet',
 *   language: string, languages: {code: string, name: string, direction: string}[],
 *   branding: {logo?: string, favicon?: string, colour?: string}, time_zone: string, now: string,
 *   person: Person | null, apps: App[], icons?: Record<string, {path: string, box: number, filled: boolean}>,
 *   pinned: string[], recent: string[], unread: number,
 * }} Portal
 *   `person` is null for anonymous visitors; `apps` are those that this visitor may open; `icons` are the shapes of their icons, by name;
 *   `pinned` and `recent` are names of apps;
 *   `unread` counts notifications; `now` is the time in the portal's zone, in ISO 8601
 */

/** Whether the person has typed into the page that is shown. The shell keeps such a page when the session ends. */
export const page = { typed: false }

/** The TanStack query of GET /api/portal/. To refresh it, call `queryClient.invalidateQueries({ queryKey: portalQuery.queryKey })`. */
export const portalQuery = {
  queryKey: ['portal'],
  /** @returns {Promise<Portal>} */
  queryFn: async ({ signal, client }) => {
    const portal = await api('/api/portal/', { signal })
    const before = client.getQueryData(portalQuery.queryKey)
    // The page needs the person's data until they have signed in again.
    if (before?.person && portal && !portal.person && page.typed) throw new ApiError(401, {})
    if (!Array.isArray(portal?.apps)) throw new TypeError('Not a portal')
    setSite(portal.site)
    setClock(portal)
    addIcons(portal.icons)
    return portal
  },
  staleTime: 60_000, // milliseconds
  // After a failure, ask again every 5 seconds, so that the page recovers without a reload.
  refetchInterval: (query) =>
    query.state.status === 'error' || query.state.fetchFailureCount > 0 ? 5_000 : false,
}

/**
 * Return what GET /api/portal/ answered: the portal, its site, the person who is signed in, and the apps that they may open.
 * @returns {Portal}
 */
export function usePortal() {
  const { data } = useQuery(portalQuery)
  if (!data) throw new Error('usePortal() works only in a page')
  return data
}

/** @type {import('react').Context<App | null>} */
export const AppContext = createContext(null)

/**
 * Return the app that the page belongs to, as its manifest describes it.
 * @returns {App}
 */
export function useApp() {
  const app = useContext(AppContext)
  if (!app) throw new Error('useApp() works only in the page of an app')
  return app
}
