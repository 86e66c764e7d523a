import { screen, waitFor } from '@testing-library/react'
import { generateMessageId } from '@lingui/message-utils/generateMessageId'
import { t } from '@portal/i18n'
import { useQuery } from '@tanstack/react-query'
import { portalQuery } from '../../sdk/portal.js'
import { errorResponse, makePortal, mockApi, renderInPortal } from '../../testing/index.jsx'
import { activateLanguage } from '../i18n.js'
import LanguageMenu from './LanguageMenu.jsx'
import { useLanguage } from '../useLanguage.js'

const LANGUAGES = [
  { code: 'en', name: 'English', direction: 'ltr' },
  { code: 'fr', name: 'français', direction: 'ltr' },
  { code: 'ar', name: 'العربيّة', direction: 'rtl' },
]
const FRENCH = { [generateMessageId('Language')]: ['Langue'] }

afterEach(() => activateLanguage('en', 'ltr'))

function Page() {
  const { data } = useQuery(portalQuery)
  useLanguage(data)
  return (
    <>
      <LanguageMenu />
      <input aria-label="Title" />
      <p>{t`Language`}</p>
    </>
  )
}

/** Render a page in a portal that answers in the language that was chosen last. */
function renderPage({ languages = LANGUAGES, answers = {} } = {}) {
  let language = 'en'
  const answer = () => makePortal({ language, languages })
  document.head.innerHTML = '<meta name="catalogues" content="/static/frontend/ 0123 fr ar">'
  const requests = mockApi({
    '/api/portal/': answer,
    '/static/frontend/catalogue-portal-shell.fr.0123.json': FRENCH,
    'PUT /api/portal/language/': (sent) => {
      language = sent.language
      return sent
    },
    ...answers,
  })
  return { requests, ...renderInPortal(<Page />, { portal: answer() }) }
}

const choose = async (user, name) => {
  await user.click(screen.getByRole('button'))
  await user.click(screen.getByRole('menuitemradio', { name, hidden: true }))
}

test('a choice is saved, and what was typed stays', async () => {
  const { user, requests } = renderPage()
  await user.type(screen.getByLabelText('Title'), 'half a title')
  await choose(user, 'français')
  await waitFor(() => expect(document.documentElement.lang).toBe('fr'))
  expect(requests.find(({ method }) => method === 'PUT').body).toEqual({ language: 'fr' })
  expect(await screen.findByText('Langue')).toBeInTheDocument()
  expect(screen.getByLabelText('Title')).toHaveValue('half a title')
})

test('a language that is written from right to left turns the page', async () => {
  const { user } = renderPage()
  await choose(user, 'العربيّة')
  await waitFor(() => expect(document.documentElement.dir).toBe('rtl'))
})

test('a portal with one language has no menu', () => {
  renderPage({ languages: LANGUAGES.slice(0, 1) })
  expect(screen.queryByRole('button')).toBeNull()
})

test('a choice that is not saved says so, and the language stays', async () => {
  const { user } = renderPage({ answers: { 'PUT /api/portal/language/': errorResponse(500) } })
  await choose(user, 'français')
  expect(await screen.findByText('The portal has a problem. Try again in a moment.')).toBeVisible()
  expect(screen.getByText('Language')).toBeInTheDocument()
})
