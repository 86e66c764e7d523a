import { i18n } from '@lingui/core'

// The language of the texts in the code. It needs no catalogue.
const SOURCE_LOCALE = 'en'
const SHELL = 'portal-shell' // no app can have a name with a hyphen
const TIMEOUT = 10_000 // milliseconds; then the page is in English

/** The owners of the catalogues that are in use: the shell, and the apps and services whose pages were opened. */
const owners = new Set([SHELL])

let current = SOURCE_LOCALE
let chosen = SOURCE_LOCALE

/** Whether this language was the last to be activated, with or without a catalogue. @param {string} language */
export const isActive = (language) => language.toLowerCase() === chosen

/**
 * Switch to a language: load the catalogues of all owners at the same time, then show their texts. A language without catalogues falls
 * back to the language without its region (`pt-br` to `pt`), then to English, from left to right. A message without a translation is
 * shown in English.
 * @param {string} language a language tag in any case, such as `pt-br`
 * @param {string} [direction] `ltr` or `rtl`; without it, the page keeps its direction
 */
export async function activateLanguage(language, direction) {
  const tag = language.toLowerCase()
  const available = [SOURCE_LOCALE, ...build().locales]
  const locale = [tag, tag.split('-')[0]].find((candidate) => available.includes(candidate)) ?? SOURCE_LOCALE
  current = locale
  chosen = tag
  const catalogues = await Promise.all([...owners].map((owner) => fetchCatalogue(owner, locale)))
  if (current !== locale) return // the language has changed again meanwhile
  // Without a catalogue, the page is in English, and so it says.
  const isFallback = locale === SOURCE_LOCALE && tag.split('-')[0] !== SOURCE_LOCALE
  document.documentElement.lang = isFallback ? SOURCE_LOCALE : language
  if (isFallback || direction) document.documentElement.dir = isFallback ? 'ltr' : direction
  i18n.loadAndActivate({ locale, messages: Object.assign({}, ...catalogues) })
}

/** Load the catalogue of an app or a service in the active language, for its page. @param {string} owner the folder's name */
export async function loadCatalogue(owner) {
  owners.add(owner)
  const locale = current
  if (locale !== SOURCE_LOCALE) i18n.load(locale, await fetchCatalogue(owner, locale))
}

/** @returns {Promise<Record<string, any>>} message id -> compiled translation; empty when it could not be loaded */
async function fetchCatalogue(owner, locale) {
  if (locale === SOURCE_LOCALE) return {}
  const { folder, version } = build()
  try {
    const url = `${folder}catalogue-${owner}.${locale}.${version}.json`
    const response = await fetch(url, { signal: AbortSignal.timeout(TIMEOUT) })
    return response.ok ? JSON.parse(await response.text()) : {}
  } catch {
    return {}
  }
}

/** Read which catalogues this build has, as webpack/catalogues.mjs wrote it into the page: the folder, the version, the languages. */
function build() {
  /** @type {HTMLMetaElement | null} */
  const meta = document.querySelector('meta[name="catalogues"]')
  const [folder, version, ...locales] = meta?.content.split(' ') ?? []
  return { folder, version, locales }
}
