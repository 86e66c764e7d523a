import { api } from '../../sdk/api.js'
import { portalQuery } from '../../sdk/portal.js'

/** How many apps a person can pin: what the API accepts. */
export const MOST_PINNED = 50

/**
 * Save which apps the person pins, in this order, and show them on the page.
 * @param {import('@tanstack/react-query').QueryClient} client
 * @param {string[]} names
 */
export async function savePinned(client, names) {
  const { apps: pinned } = await api('/api/portal/pinned/', { method: 'PUT', body: { apps: names } })
  client.setQueryData(portalQuery.queryKey, (/** @type {any} */ portal) => portal && { ...portal, pinned })
}
