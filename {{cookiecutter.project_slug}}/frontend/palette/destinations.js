// What the palette finds without a request: apps, pages and actions.
import { t } from '@portal/i18n'
import { useQueryClient } from '@tanstack/react-query'
import { useLocation, useNavigate } from 'react-router'
import { useLanguages } from '../sdk/languages.js'
import { usePortal } from '../sdk/portal.js'
import { saveScheme, useScheme } from '../sdk/scheme.js'
import { isServicePage } from '../shell/pages.js'
import { MOST_PINNED, savePinned } from '../shell/tools/pinned.js'
import { reportFailure } from '../shell/tools/reportFailure.js'

/**
 * @typedef {object} Item one line of the palette
 * @property {string} key
 * @property {string} title
 * @property {string} [detail] the place, at the end of the line
 * @property {string} [words] further words by which it is found
 * @property {string} [icon]
 * @property {{title: string, icon?: string}} [tile] an app
 * @property {{display_name: string, photo?: string}} [avatar] a person
 * @property {string} [lang] the language of the title
 * @property {string} [to] a path of the portal
 * @property {any} [state] the state of the new location
 * @property {boolean} [leaves] the path is not one of the frontend
 * @property {() => void} [run] what it does, when it has no path
 */

/** @returns {Item[]} */
export function useApps() {
  return usePortal().apps.map((app) => ({
    key: `app-${app.name}`,
    title: app.title,
    words: app.description,
    tile: app,
    to: `/${app.name}`,
  }))
}

/** The pages of the portal that are no apps. @returns {Item[]} */
export function usePages() {
  const { person, apps } = usePortal()
  const account = t`Account`
  const maintain = t`Maintain`
  const hasDirectory = apps.some(({ name }) => name === 'people')
  const isMaintainer = person?.maintainer
  const pages = [
    { to: '/', title: t`Home`, icon: 'home' },
    { to: '/notifications', title: t`Notifications`, icon: 'bell' },
    { to: '/account/profile', title: t`Profile`, words: t`name photo email`, detail: account },
    hasDirectory && { to: '/people/me', title: t`Privacy`, words: t`hide email`, detail: account },
    hasDirectory && { to: `/people/${person?.id}`, title: t`How others see me`, detail: t`People` },
    {
      to: '/account/security',
      title: t`Security`,
      words: t`password second factor passkey devices`,
      detail: account,
    },
    { to: '/account/notifications', title: t`Notification settings`, words: t`mail`, detail: account },
    { to: '/account/language', title: t`Language and theme`, words: t`dark light colours`, detail: account },
    isMaintainer &&
      isServicePage('overview') && {
        to: '/overview',
        title: t`Overview`,
        words: t`status health queues redis`,
        detail: maintain,
      },
    isMaintainer &&
      isServicePage('manage-people') && {
        to: '/manage-people',
        title: t`Manage people`,
        words: t`roles import export`,
        detail: maintain,
      },
    isMaintainer &&
      isServicePage('manage-clients') && {
        to: '/manage-clients',
        title: t`Single sign-on`,
        words: t`sites clients secret openid`,
        detail: maintain,
      },
    isMaintainer && { to: '/admin/', title: t`Django admin`, detail: maintain, leaves: true },
  ]
  return pages
    .filter(Boolean)
    .filter(({ to }) => !apps.some(({ name }) => to === `/${name}`))
    .map((page) => ({ key: `page-${page.to}`, icon: 'file', ...page }))
}

/** What the palette does by itself, and what apps offer in their manifests. @returns {Item[]} */
export function useActions() {
  const { apps } = usePortal()
  return [...useAppActions(apps), ...usePin(), ...useSchemes(), ...useLanguageActions(), useSignOut()]
}

/** @param {import('../sdk/portal.js').App[]} apps @returns {Item[]} */
function useAppActions(apps) {
  return apps.flatMap((app) =>
    (app.actions ?? []).map(({ title, path }) => ({
      key: `action-${app.name}-${path}`,
      title,
      detail: app.title,
      icon: 'plus',
      to: `/${app.name}/${path}`,
    })),
  )
}

/** Pin the app whose page is open, or no longer. @returns {Item[]} */
function usePin() {
  const { apps, pinned } = usePortal()
  const client = useQueryClient()
  const name = useLocation().pathname.split('/')[1]
  const app = apps.find((other) => other.name === name)
  if (!app) return []
  const isPinned = pinned.includes(name)
  if (!isPinned && pinned.length >= MOST_PINNED) return []
  const names = isPinned ? pinned.filter((other) => other !== name) : [...pinned, name]
  const run = () => savePinned(client, names).catch(reportFailure)
  const title = isPinned ? t`Unpin ${app.title}` : t`Pin ${app.title}`
  return [{ key: 'action-pin', title, words: t`pinned menu`, icon: 'star', run }]
}

/** @returns {Item[]} */
function useSchemes() {
  const current = useScheme()
  const words = t`theme colour scheme appearance mode`
  const schemes = [
    { scheme: /** @type {const} */ ('light'), title: t`Use light colours`, icon: 'sun' },
    { scheme: /** @type {const} */ ('dark'), title: t`Use dark colours`, icon: 'moon' },
    { scheme: /** @type {const} */ (''), title: t`Use the colours of the system`, icon: 'system' },
  ]
  return schemes
    .filter(({ scheme }) => scheme !== current)
    .map(({ scheme, ...rest }) => ({
      ...rest,
      key: `action-scheme-${scheme}`,
      words,
      run: () => saveScheme(scheme),
    }))
}

/** @returns {Item[]} */
function useLanguageActions() {
  const { language, languages, choose } = useLanguages()
  const words = t`language`
  return languages
    .filter(({ code }) => code !== language)
    .map(({ code, name }) => ({
      key: `action-language-${code}`,
      title: name,
      lang: code,
      detail: t`Language`,
      words: `${words} ${code} ${nameOf(code)}`,
      icon: 'globe',
      run: () => choose(code, { onError: reportFailure }),
    }))
}

/** The name of a language in the language of the page, by which it is found too. @param {string} code */
function nameOf(code) {
  return new Intl.DisplayNames(document.documentElement.lang || 'en', { type: 'language' }).of(code) ?? ''
}

/** @returns {Item} */
function useSignOut() {
  const navigate = useNavigate()
  return {
    key: 'action-sign-out',
    title: t`Sign out`,
    words: t`log out leave`,
    icon: 'exit',
    run: () => navigate('/sign-out', { state: { now: true } }),
  }
}
