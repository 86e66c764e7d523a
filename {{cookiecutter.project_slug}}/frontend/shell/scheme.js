const YEAR = 31_536_000 // seconds

/** @typedef {'' | 'light' | 'dark'} Scheme an empty string follows the operating system */

/** Read the colour scheme that the reader chose from its cookie. @returns {Scheme} */
export function savedScheme() {
  return /** @type {Scheme} */ (document.cookie.match(/(?:^|; )scheme=(light|dark)(?:;|$)/)?.[1] ?? '')
}

/** Show the page in a colour scheme. @param {Scheme} scheme */
export function applyScheme(scheme) {
  document.documentElement.dataset.scheme = scheme
}

/**
 * Save the colour scheme in a cookie for a year, and apply it. Servers write the scheme of the cookie into the page, so that a dark page is
 * dark from the start.
 * @param {Scheme} scheme
 */
export function saveScheme(scheme) {
  const secure = location.protocol === 'https:' ? '; Secure' : ''
  document.cookie = `scheme=${scheme}; Path=/; Max-Age=${scheme ? YEAR : 0}; SameSite=Lax${secure}`
  applyScheme(scheme)
}
