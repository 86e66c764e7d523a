import { plural, t } from '@portal/i18n'
import { i18n } from '../sdk/index.js'
import { activateLocale } from './i18n.js'

jest.mock('../locale/fr.po', () => jest.requireActual('../testing/fixtures/incomplete.po'), { virtual: true })

afterEach(() => i18n.loadAndActivate({ locale: 'en', messages: {} }))

test('an incomplete catalogue is used, and what it does not have is shown in English', async () => {
  await activateLocale('fr')
  const count = 2
  expect([t`Apps`, plural(count, { one: '# vote', other: '# votes' })]).toEqual(['Applications', '2 voix'])
  expect([t`Account`, t`Hello, ${count}`, t`Obsolete`]).toEqual(['Account', 'Hello, 2', 'Obsolete'])
})

test('a language of a region uses the catalogue of the language', async () => {
  await activateLocale('fr-CA')
  expect(i18n.locale).toBe('fr')
  expect(t`Apps`).toBe('Applications')
})

test.each(['en', 'en-gb', 'de'])('%s is shown in English', async (language) => {
  await activateLocale(language)
  expect(i18n.locale).toBe('en')
  expect(t`Apps`).toBe('Apps')
})
