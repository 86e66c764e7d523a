import { readFileSync } from 'node:fs'
import path from 'node:path'
import { plural, t } from '@portal/i18n'
import { i18n } from '../sdk/index.js'
import { compileCatalogue } from '../webpack/compile-catalogue.mjs'
import { activateLanguage, isActive, loadCatalogue } from './i18n.js'

const FRENCH = compileCatalogue(readFileSync(path.join(__dirname, '../testing/fixtures/incomplete.po')))

/** The URLs that were fetched. */
let fetched
/** The catalogues that the server has, by URL. */
let served

beforeEach(() => {
  fetched = []
  served = { '/static/frontend/catalogue-portal-shell.fr.0123.json': FRENCH }
  document.head.innerHTML = '<meta name="catalogues" content="/static/frontend/ 0123 fr">'
  globalThis.fetch = /** @type {any} */ (
    async (url) => {
      fetched.push(url)
      if (served[url] === 'offline') throw new TypeError('offline')
      return { ok: url in served, text: async () => JSON.stringify(served[url]) }
    }
  )
})

afterEach(() => activateLanguage('en', 'ltr'))

test('an incomplete catalogue is used, and what it does not have is shown in English', async () => {
  await activateLanguage('fr')
  const count = 2
  expect([t`Apps`, plural(count, { one: '# vote', other: '# votes' })]).toEqual(['Applications', '2 voix'])
  expect([t`Account`, t`Hello, ${count}`, t`Obsolete`]).toEqual(['Account', 'Hello, 2', 'Obsolete'])
})

test('a language of a region uses the catalogue of the language', async () => {
  await activateLanguage('fr-CA')
  expect(i18n.locale).toBe('fr')
  expect(t`Apps`).toBe('Applications')
})

test.each(['en', 'en-gb', 'de'])('%s is shown in English and fetches nothing', async (language) => {
  await activateLanguage(language)
  expect(i18n.locale).toBe('en')
  expect(t`Apps`).toBe('Apps')
  expect(fetched).toEqual([])
})

test('a catalogue that cannot be loaded leaves the page in English', async () => {
  served['/static/frontend/catalogue-portal-shell.fr.0123.json'] = 'offline'
  await activateLanguage('fr')
  expect(t`Apps`).toBe('Apps')
})

test('the catalogue of an app is loaded with its page, and again with the next language', async () => {
  served['/static/frontend/catalogue-library.fr.0123.json'] = FRENCH
  await loadCatalogue('library')
  expect(fetched).toEqual([])
  await activateLanguage('fr')
  expect(fetched).toContain('/static/frontend/catalogue-library.fr.0123.json')
  fetched = []
  await loadCatalogue('tea')
  expect(fetched).toEqual(['/static/frontend/catalogue-tea.fr.0123.json'])
  expect(t`Apps`).toBe('Applications')
})

test('the page says its language and its direction', async () => {
  document.head.innerHTML = '<meta name="catalogues" content="/static/frontend/ 0123 ar">'
  await activateLanguage('ar', 'rtl')
  expect([document.documentElement.lang, document.documentElement.dir]).toEqual(['ar', 'rtl'])
})

test.each(['de', 'ar'])('without a catalogue in %s, the page is in English and says so', async (language) => {
  Object.assign(document.documentElement, { lang: language, dir: 'rtl' })
  await activateLanguage(language, 'rtl')
  expect([document.documentElement.lang, document.documentElement.dir]).toEqual(['en', 'ltr'])
  expect(isActive(language)).toBe(true)
})

test('the last of two choices wins, whichever catalogue comes first', async () => {
  await Promise.all([activateLanguage('fr'), activateLanguage('en')])
  expect([i18n.locale, document.documentElement.lang]).toEqual(['en', 'en'])
})
