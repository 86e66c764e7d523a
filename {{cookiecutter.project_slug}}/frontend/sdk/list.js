import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import { useCallback } from 'react'
import { api } from './api.js'

/**
 * Read a list from the API, page by page: each answer is `{next, previous, results}`, or an array. `useRefresh` fetches it again.
 *
 * Returns:
 * - `items`: the items of all pages so far, or undefined before the first answer.
 * - `error`: the error of the last request, or null. `retry()` sends that request again.
 * - `fetchMore()`: fetches the next page; null when there is none. `isFetchingMore` is true meanwhile.
 * - `isPrevious`: true while `items` still belong to the previous path (see `keepPrevious`).
 * @param {string} path such as `/api/polls/`
 * @param {{keepPrevious?: boolean}} [options] `keepPrevious`: when the path changes, as in a search, return the items of the previous
 *   path until the new ones arrive
 */
export function useList(path, { keepPrevious = false } = {}) {
  const query = useInfiniteQuery({
    queryKey: [path],
    initialPageParam: path,
    queryFn: ({ pageParam, signal }) => api(pageParam, { signal }),
    getNextPageParam: (page) => localPath(page?.next),
    placeholderData: keepPrevious ? (previous) => previous : undefined,
  })
  return {
    items: query.data?.pages.flatMap((page) => page?.results ?? page ?? []),
    error: query.error,
    retry: () => (query.isFetchNextPageError ? query.fetchNextPage() : query.refetch()),
    fetchMore: query.hasNextPage ? () => query.fetchNextPage() : null,
    isFetchingMore: query.isFetchingNextPage,
    isPrevious: query.isPlaceholderData,
  }
}

/**
 * Return a function that fetches again what `useList` read at `path` and below, with any query: after `/api/library/`, also
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

/** Remove the origin from the URL of a page: behind a proxy, Django may not know the host that the browser uses. */
function localPath(url) {
  if (!url) return undefined
  const { pathname, search } = new URL(url, location.href)
  return pathname + search
}
