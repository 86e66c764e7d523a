import { answerWith, fakeSockets, makePerson, makePortal, refusal, renderInPortal } from '@portal/testing'
import { act, screen, waitFor, within } from '@testing-library/react'
import { Page } from '../kit/index.js'
import { ApiError } from '../sdk/index.js'
import { NoPage, loadPage } from './pages.js'
import { Shell } from './Shell.jsx'

// The pages are found by webpack; here each test says which there are.
jest.mock('./pages.js', () => ({
  NoPage: class NoPage extends Error {},
  loadPage: jest.fn(),
  forgetPage: jest.fn(),
}))

const polls = {
  name: 'polls',
  title: 'Polls',
  description: 'Ask the campus.',
  icon: 'chart',
  category: 'Campus',
}
const library = {
  name: 'library',
  title: 'Library',
  description: 'Books.',
  icon: 'nothing-like-it',
  category: 'Study',
}

const PORTAL = '/api/portal/'
const open = (address, portal) => {
  answerWith({ [PORTAL]: portal })
  return renderInPortal(<Shell />, { address })
}

function withPage(page) {
  const loaded = Promise.resolve({ default: page })
  loadPage.mockReturnValue(loaded)
}

/** An error boundary's error is also written to the console, by React: here it is expected. */
function expectingConsoleErrors() {
  jest.spyOn(console, 'error').mockImplementation(() => {})
}

beforeEach(() => {
  fakeSockets()
  loadPage.mockReset()
})
afterEach(() => jest.restoreAllMocks())

test('the home page shows the portal and what one may open', async () => {
  open(
    '/',
    makePortal({ name: 'Himalaya', description: 'For all.', apps: [polls, library], person: makePerson() }),
  )
  expect(await screen.findByRole('heading', { level: 1, name: 'Himalaya' })).toBeVisible()
  expect(screen.getByText('For all.')).toBeVisible()
  const apps = within(screen.getByRole('region', { name: 'Apps' })).getAllByRole('link')
  expect(apps.map((link) => link.getAttribute('href'))).toEqual(['/polls', '/library'])
  expect(screen.getByRole('link', { name: 'Polls Ask the campus.' })).toBeVisible()
  expect(screen.getByRole('banner')).toHaveTextContent('Asha Verma')
  expect(document.title).toBe('Himalaya')
})

test('a portal without apps explains itself', async () => {
  open('/', makePortal())
  expect(await screen.findByText('Nothing to open here yet')).toBeVisible()
})

test('many apps come by category, with a field to find one', async () => {
  const many = Array.from({ length: 12 }, (_, n) => ({
    ...(n % 2 ? polls : library),
    name: `app${n}`,
    title: `Äpp ${n}`,
  }))
  const { user } = open('/', makePortal({ apps: many }))
  expect(await screen.findByRole('heading', { name: 'Study', level: 3 })).toBeVisible()
  await user.type(screen.getByRole('searchbox', { name: 'Find an app' }), 'app 11')
  await waitFor(() =>
    expect(within(screen.getByRole('region', { name: 'Apps' })).getAllByRole('link')).toHaveLength(1),
  )
})

test('an app opens at its address, and the focus follows', async () => {
  withPage(() => <Page title="All polls" />)
  open('/', makePortal({ apps: [polls] }))
  const link = await screen.findByRole('link', { name: /Polls/ })
  await act(async () => link.click()) // user.click() does not wait for a page that is still loading
  const heading = await screen.findByRole('heading', { level: 1, name: 'All polls' })
  expect(heading).toHaveFocus()
  expect(document.title).toBe('All polls · Test Portal')
})

test('an app that is not in the list is never loaded', async () => {
  open('/secret/', makePortal({ apps: [polls] }))
  expect(await screen.findByRole('heading', { name: 'There is no such page here' })).toBeVisible()
  expect(loadPage).not.toHaveBeenCalled()
})

test('a broken page leaves the shell standing, and can be tried again', async () => {
  expectingConsoleErrors()
  let broken = true
  withPage(() => {
    if (broken) throw new Error('kaputt')
    return <Page title="Mended" />
  })
  const { user } = open('/polls', makePortal({ apps: [polls] }))
  expect(await screen.findByText(/The rest of the portal is not affected/)).toBeVisible()
  expect(screen.getByRole('banner')).toHaveTextContent('Test Portal')
  broken = false
  await user.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('heading', { name: 'Mended' })).toBeVisible()
})

test('an app without a page says so', async () => {
  expectingConsoleErrors()
  const missing = Promise.reject(new NoPage())
  missing.catch(() => {})
  loadPage.mockReturnValue(missing)
  open('/polls', makePortal({ apps: [polls] }))
  expect(await screen.findByRole('button', { name: 'Load the portal again' })).toBeVisible()
})

test('a portal that does not answer is asked again on demand', async () => {
  let answer = refusal(503, { request_id: 'r-1' })
  const { user } = open('/', () => answer)
  expect(await screen.findByRole('heading', { name: 'The portal cannot be reached' })).toBeVisible()
  expect(screen.getByText(/r-1/)).toBeVisible()
  answer = makePortal({ name: 'Back' })
  await user.click(screen.getByRole('button', { name: 'Try now' }))
  expect(await screen.findByRole('heading', { name: 'Back' })).toBeVisible()
})

test('while the device is offline, the page stays and says that it may be old', async () => {
  jest.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  open('/', makePortal({ apps: [polls] }))
  expect(await screen.findByText(/This device is offline/)).toBeVisible()
  expect(screen.getByRole('link', { name: /Polls/ })).toBeVisible()
})

test('the colours are chosen once, and remembered', async () => {
  const { user } = open('/', makePortal())
  await user.click(await screen.findByRole('menuitemradio', { name: 'Dark', hidden: true }))
  expect(document.documentElement).toHaveAttribute('data-scheme', 'dark')
  expect(document.cookie).toContain('scheme=dark')
  await user.click(screen.getByRole('menuitemradio', { name: 'As the system', hidden: true }))
  expect(document.documentElement).toHaveAttribute('data-scheme', '')
  expect(document.cookie).not.toContain('scheme')
})

test('an error of the api carries what the server said', () => {
  expect(new ApiError(400, { title: 'Bad', detail: 'Because.' })).toMatchObject({
    message: 'Because.',
    status: 400,
  })
})
