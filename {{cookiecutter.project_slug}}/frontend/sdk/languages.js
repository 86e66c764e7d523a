// The languages of the portal. `@portal/sdk/languages` is not part of `@portal/sdk`: only what lets people choose a language loads it.
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { api } from './api.js'
import { usePortal } from './portal.js'
import { postToTabs } from './tabs.js'

/**
 * The languages to choose from, and the one that is shown. `choose` switches all tabs of this browser to another one, without a reload.
 * For a person, the portal keeps the choice for all their devices. `error` is why the last choice failed; `onError` gets it too.
 * @returns {{language: string, languages: {code: string, name: string, direction: string}[],
 *   choose: (code: string, options?: {onError?: (error: unknown) => void}) => void, isPending: boolean, error: Error | null}}
 */
export function useLanguages() {
  const { language, languages } = usePortal()
  const client = useQueryClient()
  const { mutate, isPending, error } = useMutation({
    mutationFn: (/** @type {string} */ code) =>
      api('/api/portal/language/', { method: 'PUT', body: { language: code } }),
    onSuccess: (_, code) => {
      postToTabs({ kind: 'language', language: code })
      // The texts of all answers are in the language of the request. The shell follows the answer of GET /api/portal/.
      return client.invalidateQueries()
    },
  })
  return { language, languages, choose: mutate, isPending, error }
}
