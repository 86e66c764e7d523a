import { i18n } from '@lingui/core'

const SOURCE = 'en'

// One lazy chunk per language that has a catalogue. (webpack reads this expression, hence the comment on its name.)
const load = (language) => import(/* webpackChunkName: "words-[request]" */ `../locale/${language}.po`)

/** Loads the words of `language`, or of its nearest relative that has a catalogue (pt-br, pt, then English), and speaks it. */
export async function activateLocale(language) {
  const wanted = language.toLowerCase()
  for (const candidate of new Set([wanted, wanted.split('-')[0], SOURCE])) {
    try {
      const { default: messages } = await load(candidate)
      i18n.loadAndActivate({ locale: candidate, messages })
      return
    } catch {
      // no such catalogue: the next candidate
    }
  }
  // Not even English arrived (the connection broke): ids are better than an empty page, and a reload mends it.
  i18n.loadAndActivate({ locale: SOURCE, messages: {} })
}

const loadMore = (language) =>
  import(
    /* webpackChunkName: "words-of-pages-[request]", webpackExclude: /[\\/]en\.po$/ */ `../pages/locale/${language}.po`
  )

/** Adds the words of the shell's own pages, in the language that is spoken. English ones are in the pages themselves. */
export async function loadCatalogue() {
  const language = i18n.locale
  if (language === SOURCE) return
  try {
    i18n.load(language, (await loadMore(language)).default)
  } catch {
    // not translated yet: the pages speak English
  }
}
