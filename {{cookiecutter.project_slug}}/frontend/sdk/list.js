import { useInfiniteQuery, useQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { api } from './api.js'

/**
 * Read a list from the API, page by page: each answer is `{next, previous, results}`, or an array. `useRefresh` fetches it again.
 *
 *     const { items, error, retry, fetchMore } = useList('/api/library/', { query: { search }, keep: true })
 *
 * Returns:
 * - `items`: the items of all pages so far, or undefined before the first answer.
 * - `error`: the error of the last request, or null. `retry()` sends that request again.
 * - `fetchMore()`: fetches the next page; null when there is none. `isFetchingMore` is true meanwhile.
 * - `isPrevious`: true while `items` still belong to the previous query (see `keep`).
 * @param {string} path such as `/api/polls/`
 * @param {{query?: Query, keep?: boolean}} [options] `query`: parameters of the URL; `keep`: when the path or the query changes, as in a
 *   search, return the previous items until the new ones arrive
 */
export function useList(path, { query, keep = false } = {}) {
  const first = withQuery(path, query)
  const list = useInfiniteQuery({
    queryKey: [first],
    initialPageParam: first,
    queryFn: ({ pageParam, signal }) => api(pageParam, { signal }),
    getNextPageParam: (page) => localPath(page?.next),
    placeholderData: keep ? (previous) => previous : undefined,
  })
  return {
    items: list.data?.pages.flatMap((page) => page?.results ?? page ?? []),
    error: list.error,
    retry: () => (list.isFetchNextPageError ? list.fetchNextPage() : list.refetch()),
    fetchMore: list.hasNextPage ? () => list.fetchNextPage() : null,
    isFetchingMore: list.isFetchingNextPage,
    isPrevious: list.isPlaceholderData,
  }
}

/**
 * Read one thing from the API. `useRefresh` fetches it again.
 *
 * Returns `item`, undefined before the first answer; `error`, the error of the last request, or null; and `retry()`, which sends it again.
 * @param {string} path such as `/api/library/7/`
 */
export function useItem(path) {
  const { data, error, refetch } = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => api(path, { signal }),
  })
  return { item: data, error, retry: refetch }
}

/**
 * Return a function that fetches again what `useList` and `useItem` read at `path` and below, with any query: after `/api/library/`, also
 * `/api/library/?search=emma` and `/api/library/7/`. It includes each query of your own whose `queryKey` begins with such a path.
 *
 *     const refresh = useRefresh('/api/library/')
 *     useTopic('library:list', refresh)
 * @param {string} path ends with a slash
 * @returns {() => Promise<void>} resolves when the lists on the page are up to date
 */
export function useRefresh(path) {
  const queries = useQueryClient()
  return useCallback(
    () => queries.invalidateQueries({ predicate: ({ queryKey }) => String(queryKey[0]).startsWith(path) }),
    [queries, path],
  )
}

/**
 * @typedef {Record<string, string | number | boolean | null | undefined>} Query parameters of a URL. Those that are empty, null, undefined
 *   or false are left out
 */

/** @param {string} path @param {Query} [query] */
function withQuery(path, query = {}) {
  const given = Object.entries(query).filter(([, value]) => value || value === 0)
  const parameters = new URLSearchParams(given.map(([name, value]) => [name, String(value)]))
  return parameters.size ? `${path}?${parameters}` : path
}

/** Remove the origin from the URL of a page: behind a proxy, Django may not know the host that the browser uses. */
function localPath(url) {
  if (!url) return undefined
  const { pathname, search } = new URL(url, location.href)
  return pathname + search
}
