/**
 * Keep private pages out of the cache from which browsers show a page when the reader goes back. The page of a person who has signed in is
 * hidden before it is left, and loaded again when it comes back: meanwhile the person may have signed out. Other pages come back at once.
 * @param {() => boolean} isPrivate whether the page belongs to a person who has signed in
 */
export function guardPageCache(isPrivate) {
  let hidden = false
  window.addEventListener('pagehide', ({ persisted }) => {
    hidden = persisted && isPrivate()
    if (hidden) document.body.hidden = true
  })
  window.addEventListener('pageshow', () => {
    if (hidden) location.reload()
  })
}
