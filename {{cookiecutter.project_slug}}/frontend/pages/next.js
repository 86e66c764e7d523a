// These are the servers', not the shell's: a browser has to load them.
const SERVERS = /^\/(admin|api|media|protected|redis|static|_allauth)(\/|$)/

/**
 * Where to go after signing in: an address of this portal, never of another. What is not one leads home.
 * @param {string | null} wanted
 * @returns {{path: string, elsewhere: boolean}} `elsewhere` is outside the shell
 */
export function destination(wanted) {
  const path = ownPath(wanted)
  return { path, elsewhere: SERVERS.test(path) }
}

function ownPath(wanted) {
  if (!wanted?.startsWith('/') || !URL.canParse(wanted, location.origin)) return '/'
  const { origin, pathname, search, hash } = new URL(wanted, location.origin)
  // Looked at as browsers read it, once more: "/.//host" is here, and becomes "//host", which is not.
  return origin === location.origin && !pathname.startsWith('//') ? pathname + search + hash : '/'
}
