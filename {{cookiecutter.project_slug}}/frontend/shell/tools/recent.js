import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useLocation } from 'react-router'
import { api } from '../../sdk/api.js'
import { portalQuery } from '../../sdk/portal.js'

/** Record which app the person opens: the home page shows the last ones. @param {import('../../sdk/portal.js').Portal} portal */
export function useOpenedApp({ person, apps }) {
  const client = useQueryClient()
  const segment = useLocation().pathname.split('/')[1]
  const app = person && apps.some(({ name }) => name === segment) ? segment : null
  useEffect(() => {
    if (!app) return
    const save = async () => {
      const { apps: recent } = await api('/api/portal/recent/', { body: { app } })
      client.setQueryData(
        portalQuery.queryKey,
        (/** @type {any} */ portal) => portal && { ...portal, recent },
      )
    }
    save().catch(() => {}) // it is only a convenience
  }, [app, client])
}
