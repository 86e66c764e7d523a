import { i18n } from '@lingui/core'

// The language of the texts in the code. It needs no catalogue.
const SOURCE_LOCALE = 'en'

// One lazy chunk for each language that has a catalogue. webpack reads both expressions, so the paths are templates.
const importCatalogue = (locale) =>
  import(
    /* webpackChunkName: "catalogue-[request]", webpackExclude: /[\\/]en\.po$/ */ `../locale/${locale}.po`
  )
const importServiceCatalogue = (service, locale) =>
  import(
    /* webpackChunkName: "catalogue-of-[request]", webpackInclude: /[\\/]locale[\\/](?!en\.)[\w-]+\.po$/ */ `../../services/${service}/locale/${locale}.po`
  )

/**
 * Load the shell's catalogue of a language and switch to that language. A language without a catalogue falls back to the language
 * without its region (`pt-br` to `pt`), then to English. A message without a translation is shown in English.
 * @param {string} language a language tag in any case, such as `pt-br`
 */
export async function activateLocale(language) {
  const tag = language.toLowerCase()
  for (const locale of new Set([tag, tag.split('-')[0]])) {
    if (locale === SOURCE_LOCALE) break
    try {
      i18n.loadAndActivate({ locale, messages: (await importCatalogue(locale)).default })
      return
    } catch {
      // There is no such catalogue, or it could not be loaded: try the next one.
    }
  }
  i18n.loadAndActivate({ locale: SOURCE_LOCALE, messages: {} })
}

/** Load a service's catalogue of the active language. Without one, its pages are in English. @param {string} service the folder's name */
export async function loadServiceCatalogue(service) {
  const { locale } = i18n
  if (locale === SOURCE_LOCALE) return
  try {
    i18n.load(locale, (await importServiceCatalogue(service, locale)).default)
  } catch {
    // There is no such catalogue, or it could not be loaded: the pages are in English.
  }
}
