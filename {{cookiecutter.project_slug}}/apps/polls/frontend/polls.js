// What the pages of this app share: the addresses of the API, and the queries that an update concerns.
import { useQueryClient } from '@portal/sdk'

/**
 * @typedef {{id: number, question: string, author: {id: number, display_name: string} | null, created_at: string, closes_at: string,
 *   open: boolean, votes_can_change: boolean, results_after_vote: boolean, votes: number | null, my_choice: number | null, mine: boolean,
 *   choices: {id: number, text: string, votes: number | null}[]}} Poll
 *   The numbers of votes are null while the reader may not see the results.
 */

export const API = '/api/polls/'

/** @param {string | number} id */
export const pathOf = (id) => `${API}${encodeURIComponent(id)}/`

/** Return a function that fetches everything about polls again, on this page and when another one is opened. */
export function useRefresh() {
  const queries = useQueryClient()
  return () => queries.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith(API) })
}
