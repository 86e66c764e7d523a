import { loadCatalogue } from './i18n.js'

// Every apps/<name>/frontend/index.jsx and services/<name>/frontend/index.jsx becomes a lazy chunk; there is no list to keep.
const apps = import.meta.webpackContext('../../apps', {
  regExp: /^\.\/[^/]+\/frontend\/index\.jsx$/,
  mode: 'lazy',
  chunkName: 'app-[request]',
})
const services = import.meta.webpackContext('../../services', {
  regExp: /^\.\/[^/]+\/frontend\/index\.jsx$/,
  mode: 'lazy',
  chunkName: 'service-[request]',
})
// The shell's own pages come the same way, each at the address of its folder.
const own = import.meta.webpackContext('../pages', {
  regExp: /^\.\/[^/]+\/index\.jsx$/,
  mode: 'lazy',
  chunkName: 'page-[request]',
})

export class NoPage extends Error {}

/** @type {Map<string, Promise<{default: import('react').ComponentType}>>} */
const loading = new Map()

/**
 * The module of an app's page, loaded once. Callers have checked `name` against the portal's list of apps.
 * @param {string} name
 */
export function loadPage(name) {
  let page = loading.get(name)
  if (!page) loading.set(name, (page = find(name)))
  return page
}

/** After a failure, so that the next loadPage() asks the server again. */
export function forgetPage(name) {
  loading.delete(name)
}

async function find(name) {
  const folder = `./${name}/index.jsx`
  if (own.keys().includes(folder)) {
    const [page] = await Promise.all([own(folder), loadCatalogue()])
    return page
  }
  const path = `./${name}/frontend/index.jsx`
  for (const context of [apps, services]) {
    if (context.keys().includes(path)) return context(path)
  }
  throw new NoPage(`${name} has no frontend/index.jsx in this build`)
}
