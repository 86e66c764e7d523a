// The last message between tabs, in localStorage: a tab that is still loading does not listen yet.

const KEY = 'portal-last-message'
const KEPT = ['signed-in', 'signed-out', 'language'] // a tab that loads reads the scheme from its cookie

/** @typedef {import('./tabs.js').TabMessage['kind']} Kind */

/** Keep the kind of a message and when it was sent. @param {Kind} kind */
export function keepMessage(kind) {
  if (!KEPT.includes(kind)) return
  try {
    localStorage.setItem(KEY, JSON.stringify({ kind, at: Date.now() }))
  } catch {
    // This browser blocks localStorage.
  }
}

/** Return the kind of the last message, if it was sent after this page began to load. @returns {Kind | undefined} */
export function missedMessage() {
  try {
    const { kind, at } = JSON.parse(localStorage.getItem(KEY) ?? '{}')
    return at > Date.now() - performance.now() ? kind : undefined
  } catch {
    return undefined // This browser blocks localStorage.
  }
}
