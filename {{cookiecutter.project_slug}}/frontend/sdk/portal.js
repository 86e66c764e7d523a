import { createContext, useContext } from 'react'
import { useQuery } from '@tanstack/react-query'
import { api, rememberSite } from './api.js'

/**
 * @typedef {{name: string, title: string, description: string, icon?: string, category?: string}} App
 * @typedef {{id: string | number, username: string, display_name: string, photo?: string | null, roles: string[]}} Person
 * @typedef {{
 *   name: string, description: string, institute: {name: string, url: string}, site: 'intranet' | 'internet',
 *   language: string, languages: {code: string, name: string}[], branding: {logo?: string, favicon?: string, colour?: string},
 *   person: Person | null, apps: App[], unread: number,
 * }} Portal
 */

export const portalQuery = {
  queryKey: ['portal'],
  /** @returns {Promise<Portal>} */
  queryFn: async ({ signal }) => {
    const portal = await api('/api/portal/', { signal })
    if (!Array.isArray(portal?.apps)) throw new TypeError('GET /api/portal/ did not answer with a portal')
    rememberSite(portal.site)
    return portal
  },
  staleTime: 60_000,
  // A portal that is down comes back by itself, without a reload.
  refetchInterval: (query) =>
    query.state.status === 'error' || query.state.fetchFailureCount > 0 ? 5_000 : false,
}

/**
 * Who is looking, at what, through which site: the answer of GET /api/portal/.
 * @returns {Portal}
 */
export function usePortal() {
  const { data } = useQuery(portalQuery)
  if (!data)
    throw new Error(
      'usePortal() works inside the shell only, which renders pages once the portal has answered',
    )
  return data
}

/** @type {import('react').Context<App | null>} */
export const AppContext = createContext(null)

/**
 * The app whose page this is, as its manifest describes it.
 * @returns {App}
 */
export function useApp() {
  const app = useContext(AppContext)
  if (!app) throw new Error('useApp() works inside the page of an app only')
  return app
}
