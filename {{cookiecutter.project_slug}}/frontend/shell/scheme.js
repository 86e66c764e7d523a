const YEAR = 31_536_000 // seconds

/** @typedef {'' | 'light' | 'dark'} Scheme the empty one follows the system */

/** @returns {Scheme} */
export function rememberedScheme() {
  return /** @type {Scheme} */ (document.cookie.match(/(?:^|; )scheme=(light|dark)(?:;|$)/)?.[1] ?? '')
}

/** @param {Scheme} scheme */
export function applyScheme(scheme) {
  document.documentElement.dataset.scheme = scheme
}

/** The server reads this cookie and writes the scheme into the page, so that a dark page never flashes white. @param {Scheme} scheme */
export function rememberScheme(scheme) {
  const secure = location.protocol === 'https:' ? '; Secure' : ''
  document.cookie = `scheme=${scheme}; Path=/; Max-Age=${scheme ? YEAR : 0}; SameSite=Lax${secure}`
  applyScheme(scheme)
}
