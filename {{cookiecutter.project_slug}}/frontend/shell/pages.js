import { loadCatalogue } from './i18n.js'

// webpack makes a lazy chunk of every page that matches these patterns; there is no list to maintain.
const apps = import.meta.webpackContext('@portal/apps', {
  regExp: /^\.\/[^/]+\/frontend\/index\.jsx$/,
  mode: 'lazy',
  chunkName: 'app-[request]',
})
const services = import.meta.webpackContext('../../services', {
  regExp: /^\.\/[^/]+\/frontend\/index\.jsx$/,
  mode: 'lazy',
  chunkName: 'service-[request]',
})
// The further pages of services, which their manifests list under `pages`. The folder's name is the path: /sign-in.
const servicePages = import.meta.webpackContext('../../services', {
  regExp: /^\.\/[^/]+\/frontend\/pages\/[^/]+\/index\.jsx$/,
  mode: 'lazy',
  chunkName: 'page-[request]',
})

/** The name of the panel that the bell opens, for `loadPage()`. No path leads to it: it has a capital letter. */
export const PANEL = 'Panel'

/** The name of the dialog for a session that has ended, for `loadPage()`. */
export const SIGN_IN_AGAIN = 'SignInAgain'

/** @type {Map<string, string>} path of the page -> module, such as ./accounts/frontend/pages/sign-in/index.jsx */
const modulesByPath = new Map(servicePages.keys().map((module) => [module.split('/')[4], module]))

/** The error of a page that is not in this build: its app is newer than the portal that is open in the browser. */
export class PageMissingError extends Error {
  name = 'PageMissingError'
}

/** @type {Map<string, Promise<{default: import('react').ComponentType}>>} name of the page -> its module */
const pages = new Map()

/** Return whether `name` is the path of a service's further page, such as `sign-in`. @param {string} name */
export const isServicePage = (name) => modulesByPath.has(name)

/**
 * Load the module of a page, once. Check `name` before: it has to be in the portal's list of apps, or pass `isServicePage`.
 * @param {string} name the folder of an app, or the path of a service's further page
 * @throws {PageMissingError} as a rejected promise, when this build has no such page
 */
export function loadPage(name) {
  let page = pages.get(name)
  if (!page) pages.set(name, (page = importPage(name)))
  return page
}

/** Discard a page that could not be loaded, so that the next `loadPage()` requests it again. @param {string} name */
export function discardPage(name) {
  pages.delete(name)
}

async function importPage(name) {
  if (name === PANEL) return importOf('notifications', importPanel)
  if (name === SIGN_IN_AGAIN) return importOf('accounts', importSignInAgain)
  const module = `./${name}/frontend/index.jsx`
  if (apps.keys().includes(module)) return importOf(name, () => apps(module))
  if (services.keys().includes(module)) return importOf(name, () => services(module))
  const further = modulesByPath.get(name)
  if (further) return importOf(further.split('/')[1], () => servicePages(further))
  throw new PageMissingError(`${name} is not in this build`)
}

const importPanel = () =>
  import(/* webpackChunkName: "page-notifications-panel" */ '../../services/notifications/frontend/Panel.jsx')

const importSignInAgain = () =>
  import(/* webpackChunkName: "page-accounts-again" */ '../../services/accounts/frontend/SignInAgain.jsx')

/** Load a page and the catalogue of its app or service at the same time. @param {string} owner the folder's name */
async function importOf(owner, importModule) {
  const [page] = await Promise.all([importModule(), loadCatalogue(owner)])
  return page
}
