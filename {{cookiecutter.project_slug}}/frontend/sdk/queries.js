const LONGEST_WAIT = 30 // seconds

/**
 * The defaults of TanStack Query in the portal. Two components that read the same within ten seconds share one request. A read is sent
 * again after a server's error and a lost connection, which may pass. A write is never sent again: it may have been done.
 * @type {import('@tanstack/react-query').DefaultOptions<any>}
 */
export const defaultOptions = {
  queries: {
    networkMode: 'always', // a browser without internet access can still reach the intranet site
    staleTime: 10_000, // milliseconds
    retry: (failures, error) => failures < 2 && mayPassSoon(error),
    retryDelay: (failures, { retryAfter }) => 1_000 * (retryAfter ?? 2 ** failures),
  },
  mutations: { networkMode: 'always' },
}

/** A read is not repeated after a timeout: the person has waited for 30 seconds already, so the page shows the error at once. */
const mayPassSoon = ({ status, reason, retryAfter = 0 }) =>
  reason ? reason === 'unreachable' : (status === undefined || status >= 500) && retryAfter <= LONGEST_WAIT
