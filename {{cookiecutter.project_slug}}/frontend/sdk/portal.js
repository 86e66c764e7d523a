import { createContext, useContext } from 'react'
import { useQuery } from '@tanstack/react-query'
import { api, setSite } from './api.js'

/**
 * @typedef {{name: string, title: string, description: string, icon?: string, category?: string}} App
 *   `name` is the app's folder and the first segment of its path
 * @typedef {{id: string | number, username: string, display_name: string, photo?: string | null, roles: string[]}} Person
 *   `photo` is a URL; `roles` are names of active roles, such as `student`
 * @typedef {{
 *   name: string, description: string, institute: {name: string, url: string}, site: 'intranet' | 'internet',
 *   language: string, languages: {code: string, name: string}[], branding: {logo?: string, favicon?: string, colour?: string},
 *   person: Person | null, apps: App[], unread: number,
 * }} Portal
 *   `person` is null for anonymous visitors; `apps` are those that this visitor may open; `unread` counts notifications
 */

/** The TanStack query of GET /api/portal/. To refresh it, call `queryClient.invalidateQueries({ queryKey: portalQuery.queryKey })`. */
export const portalQuery = {
  queryKey: ['portal'],
  /** @returns {Promise<Portal>} */
  queryFn: async ({ signal }) => {
    const portal = await api('/api/portal/', { signal })
    if (!Array.isArray(portal?.apps)) throw new TypeError('GET /api/portal/ did not answer with a portal')
    setSite(portal.site)
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
  if (!data)
    throw new Error(
      'usePortal() can only be used in a page: the shell renders pages once the portal has answered',
    )
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
  if (!app) throw new Error('useApp() can only be used in the page of an app')
  return app
}
