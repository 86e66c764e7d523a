// The browser loads these paths from a server. The list is core/configuration/prefixes.py.
const SERVERS = /^\/(api|_allauth|ws|admin|redis|health|static|media|protected)(\/|$)/

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
