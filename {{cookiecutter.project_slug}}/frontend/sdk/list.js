import { useInfiniteQuery } from '@tanstack/react-query'
import { api } from './api.js'

/**
 * A list of the API, which comes in parts ({next, previous, results}); `more()` fetches the next one.
 * To have it fetched anew: queryClient.invalidateQueries({queryKey: [path]}).
 * @param {string} path such as /api/polls/
 * @param {{keep?: boolean}} [options] with `keep`, the items of the path before stay while another one is fetched; they are `stale` then
 */
export function useList(path, { keep = false } = {}) {
  const query = useInfiniteQuery({
    queryKey: [path],
    initialPageParam: path,
    queryFn: ({ pageParam, signal }) => api(pageParam, { signal }),
    getNextPageParam: (part) => localPath(part?.next),
    placeholderData: keep ? (before) => before : undefined,
  })
  return {
    items: query.data?.pages.flatMap((part) => part?.results ?? part ?? []),
    error: query.error,
    retry: () => query.refetch(),
    more: query.hasNextPage ? () => query.fetchNextPage() : null,
    fetchingMore: query.isFetchingNextPage,
    stale: query.isPlaceholderData,
  }
}

/** The cursor's address without its host: behind a proxy, Django may not know how the browser calls it. */
function localPath(address) {
  if (!address) return undefined
  const { pathname, search } = new URL(address, location.href)
  return pathname + search
}
