// Servers answer these paths, not the shell, so the browser has to load them. The list is core/configuration/prefixes.py.
const SERVER_PATHS =
  /^\/(api|_allauth|ws|admin|redis|health|static|media|protected|identity|\.well-known)(\/|$)/

/**
 * Return where to go after signing in: a path of this portal, or `/` when `next` is anything else, such as another site's URL.
 * @param {string | null} next
 * @returns {{path: string, outsideShell: boolean}} `outsideShell`: Django serves the path
 */
export function destination(next) {
  const path = localPath(next)
  return { path, outsideShell: SERVER_PATHS.test(path) }
}

function localPath(next) {
  if (!next?.startsWith('/') || !URL.canParse(next, location.origin)) return '/'
  const { origin, pathname, search, hash } = new URL(next, location.origin)
  // Parsing normalizes: "/.//host" is a path of this site, and becomes "//host", which is a URL of another.
  return origin === location.origin && !pathname.startsWith('//') ? pathname + search + hash : '/'
}
