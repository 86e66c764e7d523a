/**
 * Make the path of the sign-in page. After signing in, people return to `location`, except when it is a page about signing in or out.
 * @param {{pathname: string, search: string, hash: string}} location as from `useLocation()`
 * @returns {string} such as `/sign-in?next=%2Fpolls%2F1`
 */
export function signInPath({ pathname, search, hash }) {
  if (isSignIn(pathname)) return pathname + search
  if (/^\/(sign-out|sign-up|password)?(\/|$)/.test(pathname)) return '/sign-in'
  return `/sign-in?next=${encodeURIComponent(pathname + search + hash)}`
}

/** Return whether a path is the sign-in page. @param {string} pathname */
export const isSignIn = (pathname) => /^\/sign-in\/?$/.test(pathname)
