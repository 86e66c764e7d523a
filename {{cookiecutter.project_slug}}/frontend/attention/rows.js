const KEY = 'portal-attention' // in localStorage: the shell reserves as many rows before the card is loaded
const USUAL = 3

/** Return how many rows the card had the last time. */
export function readRows() {
  try {
    return Number(localStorage.getItem(KEY)) || USUAL
  } catch {
    return USUAL // this browser blocks localStorage
  }
}

/** @param {number} rows */
export function saveRows(rows) {
  try {
    localStorage.setItem(KEY, String(rows))
  } catch {
    // This browser blocks localStorage.
  }
}
