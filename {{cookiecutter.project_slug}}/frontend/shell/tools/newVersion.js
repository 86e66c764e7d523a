import { useEffect, useState } from 'react'

const CHECK_EVERY = 15 * 60_000 // milliseconds, in a visible tab
const CHECK_AT_MOST_EVERY = 60_000
const FIRST_CHECK = 5_000 // other requests come first

/** The paths of the scripts of this page. The build names them by their content. */
const ownScripts = () =>
  [...document.scripts]
    .map(({ src }) => new URL(src || '/', location.href).pathname)
    .filter((path) => path.endsWith('.js'))

/**
 * Compare the scripts of this page with those of the page that the server sends now. It answers with 304 while they are the same.
 * @returns {Promise<boolean>} false also when the server does not answer with the page
 */
export async function hasNewVersion() {
  try {
    const response = await fetch('/', { cache: 'no-cache', headers: { Accept: 'text/html' } })
    const page = await response.text()
    return (
      response.ok && page.includes('id="root"') && !ownScripts().every((path) => page.includes(`"${path}"`))
    )
  } catch {
    return false
  }
}

/**
 * Return whether the portal has a newer version than this page. It looks when the portal can be reached again, when the tab is shown again,
 * and every 15 minutes.
 * @param {boolean} reachable
 */
export function useNewVersion(reachable) {
  const [isOld, setOld] = useState(false)
  useEffect(() => {
    if (!reachable || isOld) return undefined
    let stopped = false
    let checked = -Infinity
    async function check() {
      if (document.visibilityState === 'hidden' || performance.now() - checked < CHECK_AT_MOST_EVERY) return
      checked = performance.now()
      if ((await hasNewVersion()) && !stopped) setOld(true)
    }
    const first = setTimeout(check, FIRST_CHECK)
    const timer = setInterval(check, CHECK_EVERY)
    document.addEventListener('visibilitychange', check)
    return () => {
      stopped = true
      clearTimeout(first)
      clearInterval(timer)
      document.removeEventListener('visibilitychange', check)
    }
  }, [reachable, isOld])
  return isOld
}
