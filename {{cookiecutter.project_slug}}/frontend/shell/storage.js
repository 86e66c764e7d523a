// What the shell keeps in this browser. Browsers that block cookies throw at localStorage: there, nothing is kept.

/** The key of how many rows the card "Needs attention" had the last time: its placeholder has as many. */
export const ATTENTION_ROWS = 'portal-attention'

/** @param {string} key @returns {string} empty when nothing is kept */
export function readStorage(key) {
  try {
    return localStorage.getItem(key) ?? ''
  } catch {
    return ''
  }
}

/** @param {string} key @param {string} value an empty one removes it */
export function writeStorage(key, value) {
  try {
    if (value) localStorage.setItem(key, value)
    else localStorage.removeItem(key)
  } catch {
    // see above
  }
}
