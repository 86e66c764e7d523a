/**
 * The address of the sign-in page, which leads back to where the reader is now.
 * @param {{pathname: string, search: string, hash: string}} place
 */
export function signInPath({ pathname, search, hash }) {
  if (isSignIn(pathname)) return pathname + search
  if (/^\/(sign-out|sign-up|password)?(\/|$)/.test(pathname)) return '/sign-in'
  return `/sign-in?next=${encodeURIComponent(pathname + search + hash)}`
}

/** @param {string} pathname */
export const isSignIn = (pathname) => /^\/sign-in\/?$/.test(pathname)
