// The module `@portal/sdk/scheme`: the colours of the page, light or dark.
import { useSyncExternalStore } from 'react'
import { postToTabs } from './tabs.js'

const YEAR = 31_536_000 // seconds

/** @typedef {'' | 'light' | 'dark'} Scheme an empty string follows the operating system */

/** Read the colour scheme that the reader chose from its cookie. @returns {Scheme} */
export function savedScheme() {
  return /** @type {Scheme} */ (document.cookie.match(/(?:^|; )scheme=(light|dark)(?:;|$)/)?.[1] ?? '')
}

const listeners = new Set()

/** Return the colour scheme that the reader chose, in this tab or in another. @returns {Scheme} */
export const useScheme = () => useSyncExternalStore(subscribe, savedScheme)

function subscribe(listener) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** Show the page in a colour scheme. @param {Scheme} scheme */
export function showScheme(scheme) {
  document.documentElement.dataset.scheme = scheme
  listeners.forEach((listener) => listener())
}

/**
 * Save the colour scheme in a cookie for a year, and show it in all tabs. Servers write the scheme of the cookie into the page, so
 * that a dark page is dark from the start.
 * @param {Scheme} scheme
 */
export function saveScheme(scheme) {
  const secure = location.protocol === 'https:' ? '; Secure' : ''
  document.cookie = `scheme=${scheme}; Path=/; Max-Age=${scheme ? YEAR : 0}; SameSite=Lax${secure}`
  showScheme(scheme)
  postToTabs({ kind: 'scheme', scheme })
}
