/** @type {KeyboardEvent[]} */
const keys = []

/** @param {KeyboardEvent} event */
function record(event) {
  if ((event.ctrlKey || event.metaKey) && event.key === 'k') event.preventDefault() // it opens the portal's search
  keys.push(event)
}
addEventListener('keydown', record)

/** Stop recording what is pressed before the lazy part of the shell is there, and return it: the lazy part handles it. */
export function takeEarlyKeys() {
  removeEventListener('keydown', record)
  return keys.splice(0)
}
