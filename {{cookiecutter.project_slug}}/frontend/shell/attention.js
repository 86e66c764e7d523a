import { api } from '../sdk/api.js'

/**
 * @typedef {{app: string, app_title: string, app_icon: string, source: string, key: string, title: string, detail: string, link: string,
 *   action: string, at: string | null}} AttentionItem
 */

/** The query of what needs attention in all apps. */
export const attentionQuery = {
  queryKey: ['/api/portal/attention/'],
  /** @returns {Promise<{items: AttentionItem[], more: string[], incomplete: string[]}>} `more` and `incomplete` are names of apps */
  queryFn: async ({ signal }) => {
    const answer = await api('/api/portal/attention/', { signal })
    if (!Array.isArray(answer?.items))
      throw new TypeError('GET /api/portal/attention/ did not answer with items')
    return answer
  },
  staleTime: 5_000, // milliseconds: after a vote, somebody who comes back sees that nothing waits
  meta: { background: true },
}
