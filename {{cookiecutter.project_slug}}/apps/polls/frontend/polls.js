// What the pages of this app share: the addresses of the API, and their data.

/**
 * @typedef {{id: number, question: string, author: {id: number, display_name: string} | null, created_at: string, closes_at: string,
 *   open: boolean, votes_can_change: boolean, results_after_vote: boolean, votes: number | null, my_choice: number | null, mine: boolean,
 *   document: {name: string, url: string} | null, choices: {id: number, text: string, votes: number | null}[]}} Poll
 *   The numbers of votes are null while the reader may not see the results.
 */

export const API = '/api/polls/'

/** @param {string | number} id */
export const pathOf = (id) => `${API}${encodeURIComponent(id)}/`
