import { useQueries, useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { api } from '../sdk/api.js'
import { fold } from '../sdk/fold.js'
import { wordsOf } from './matching.js'

const API = '/api/portal/search/'
const PAUSE = 200 // milliseconds without typing, until the portal is asked
const FRESH = 60_000 // milliseconds
const SHORTEST = 2 // characters, and LONGEST: what the API accepts
const LONGEST = 100

/**
 * @typedef {{title: string, detail: string, link: string, image: string}} Result
 * @typedef {{app: string, title: string, icon: string, results: Result[], more: boolean}} Group
 */

/**
 * Search in all apps, a moment after the last letter was typed. A new search cancels the one before.
 * @param {string} query
 * @param {string[]} expanded the names of the apps of which more results are wanted
 * @returns {{groups: Group[], incomplete: string[], isSearching: boolean, error: any, retry: () => void}} until the answer is there, `groups`
 *   are those results of the last answer that match the query too
 */
export function useFound(query, expanded) {
  const text = query.trim().replace(/\s+/g, ' ').slice(0, LONGEST)
  const settled = useSettled(text)
  const isAsked = text.length >= SHORTEST
  const { data, error, isFetching, isPlaceholderData, refetch } = useQuery({
    ...search(settled),
    enabled: isAsked && settled.length >= SHORTEST,
    placeholderData: (/** @type {any} */ last) => last,
  })
  const more = useQueries({
    queries: expanded.map((app) => ({ ...search(settled, app), enabled: isAsked && settled === text })),
  })
  if (!isAsked) return { groups: [], incomplete: [], isSearching: false, error: null, retry: refetch }

  const isCurrent = settled === text && !isPlaceholderData
  const groups = (data?.groups ?? []).map((group) => {
    const answer = more[expanded.indexOf(group.app)]
    return { ...group, ...(isCurrent ? answer?.data?.groups[0] : {}) }
  })
  return {
    groups: isCurrent ? groups : matching(groups, wordsOf(text)),
    incomplete: isCurrent ? (data?.incomplete ?? []) : [],
    isSearching: settled !== text || isFetching || more.some((answer) => answer.isFetching),
    error: settled === text ? (error ?? more.find((answer) => answer.error)?.error ?? null) : null,
    retry: () => {
      if (error) refetch()
      for (const answer of more) if (answer.error) answer.refetch()
    },
  }
}

/** The query of a search. @param {string} text @param {string} [app] */
const search = (text, app) => ({
  queryKey: [API, text, app ?? ''],
  queryFn: async ({ signal }) => {
    const parameters = new URLSearchParams({ q: text, ...(app && { app }) })
    const answer = await api(`${API}?${parameters}`, { signal })
    if (!Array.isArray(answer?.groups)) throw new TypeError(`GET ${API} did not answer with groups`)
    return answer
  },
  staleTime: FRESH,
  retry: false, // the palette says what went wrong, and has a button
  meta: { background: true },
})

/** Leave out the results that do not match a query that has changed since. @param {Group[]} groups @param {string[]} words */
function matching(groups, words) {
  return groups
    .map((group) => ({
      ...group,
      more: false,
      results: group.results.filter(({ title, detail }) => {
        const folded = fold(`${title} ${detail}`)
        return words.every((word) => folded.includes(word))
      }),
    }))
    .filter(({ results }) => results.length > 0)
}

/** Return a text once it has not changed for a moment. An empty text counts at once. @param {string} text */
function useSettled(text) {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), text ? PAUSE : 0)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}
