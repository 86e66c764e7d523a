import { mockApi, fakeSockets, makePerson, makePortal, errorResponse, renderInPortal } from '@portal/testing'
import { act, screen, waitFor, within } from '@testing-library/react'
import { Page } from '../kit/index.js'
import {
  ApiError,
  Link,
  api,
  useLocation,
  useMutation,
  useQuery,
  useQueryClient,
  useSocket,
} from '../sdk/index.js'
import { NoPage, loadPage } from './pages.js'
import { Shell } from './Shell.jsx'

// The pages are found by webpack; here each test says which there are.
jest.mock('./pages.js', () => ({
  NoPage: class NoPage extends Error {},
  loadPage: jest.fn(),
  isServicePage: (name) => ['account', 'denied', 'sign-in', 'sign-out'].includes(name),
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
const open = (path, portal) => {
  mockApi({ [PORTAL]: portal })
  return renderInPortal(<Shell />, { location: path })
}

const pageOf = memoize((page) => Promise.resolve({ default: page }))
function withPage(page) {
  loadPage.mockReturnValue(pageOf(page))
}

function SignInStandIn() {
  return <Page title={useLocation().search} />
}

/** @param {{problem?: {detail?: string, roles?: string[], rings?: string[]}}} props */
function FakeDenied({ problem: { detail, roles = [], rings = [] } = {} }) {
  return (
    <Page title="Denied" lead={detail}>
      <p>{[...roles, ...rings].join()}</p>
      <Link to="/">All apps</Link>
    </Page>
  )
}

/** As in the portal, a page is loaded once: React waits for one and the same promise. */
function memoize(make) {
  const made = new Map()
  return (key) => made.get(key) ?? made.set(key, make(key)).get(key)
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
  expect(await screen.findByText('No apps yet')).toBeVisible()
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

test.each(['/secret/', '/not-found'])('what is not in the list is never loaded (%p)', async (path) => {
  open(path, makePortal({ apps: [polls] }))
  expect(await screen.findByRole('heading', { name: 'Page not found' })).toBeVisible()
  expect(loadPage).not.toHaveBeenCalled()
})

test.each([
  ['a role', { detail: 'For staff.', roles: ['Staff'] }, makePerson()],
  ['a network', { detail: 'Not here.', rings: ['campus'] }, makePerson()],
  ['a network, for an anonymous visitor', { detail: 'Not here.', rings: ['campus'] }, null],
])('an app that requires %s shows why access is denied', async (_, problem, person) => {
  withPage(FakeDenied)
  mockApi({ [PORTAL]: makePortal({ person }), '/api/secret/': errorResponse(403, problem) })
  renderInPortal(<Shell />, { location: '/secret/1' })
  expect(await screen.findByRole('heading', { level: 1, name: 'Denied' })).toBeVisible()
  expect(screen.getByText(problem.detail)).toBeVisible()
  expect(screen.getByText((problem.roles ?? problem.rings)[0])).toBeVisible()
  expect(loadPage.mock.calls).toEqual(expect.arrayContaining([['denied']]))
})

test('what is refused while it is open is taken off the list too', async () => {
  let apps = [polls]
  function Reader() {
    const { data, refetch } = useQuery({ queryKey: ['x'], queryFn: () => api('/api/polls/') })
    return <button onClick={() => refetch()}>{data}</button>
  }
  loadPage.mockImplementation((name) => pageOf(name === 'polls' ? Reader : FakeDenied))
  let answer = 'read'
  mockApi({ [PORTAL]: () => makePortal({ apps, person: makePerson() }), '/api/polls/': () => answer })
  const { user } = renderInPortal(<Shell />, { location: '/polls' })
  const button = await screen.findByRole('button', { name: 'read' })
  apps = []
  answer = errorResponse(403, { detail: 'Not any more.' })
  await user.click(button)
  await user.click(await screen.findByRole('link', { name: 'All apps' }))
  expect(await screen.findByText('No apps yet')).toBeVisible()
})

test('a portal that is refused itself is not asked over and over', async () => {
  const asked = jest.fn(() => errorResponse(403, { detail: 'Not from here.' }))
  mockApi({ [PORTAL]: asked })
  renderInPortal(<Shell />)
  expect(await screen.findByRole('heading', { name: 'The portal cannot be reached' })).toBeVisible()
  expect(asked).toHaveBeenCalledTimes(1)
})

describe('a socket that the server closes', () => {
  function Watched() {
    const { data } = useQuery({ queryKey: ['x'], queryFn: () => api('/api/polls/') })
    useSocket('/ws/polls/1/', () => {})
    return <Page title={data ?? 'Loading'} />
  }
  let person, apps, answer, sockets

  async function watch() {
    sockets = fakeSockets()
    loadPage.mockImplementation((name) =>
      pageOf({ polls: Watched, denied: FakeDenied }[name] ?? SignInStandIn),
    )
    ;[person, apps, answer] = [makePerson(), [polls], 'Read']
    mockApi({ [PORTAL]: () => makePortal({ apps, person }), '/api/polls/': () => answer })
    renderInPortal(<Shell />, { location: '/polls' })
    expect(await screen.findByRole('heading', { name: 'Read' })).toBeVisible()
    expect(sockets.paths()).toEqual(['/ws/polls/1/'])
  }

  test('because a role ended leads to the page that says so, by itself', async () => {
    await watch()
    ;[apps, answer] = [[], errorResponse(403, { detail: 'For students.', roles: ['Student'] })]
    await sockets.close('/ws/polls/1/', 4003)
    expect(await screen.findByText('Student')).toBeVisible()
    expect(sockets.paths()).toEqual([])
  })

  test('because a role ended does so on a page that asks for nothing too', async () => {
    await watch()
    apps = [] // and its own questions would still be answered: the list alone says that it is closed
    await sockets.close('/ws/polls/1/', 4003)
    expect(await screen.findByRole('heading', { name: 'Page not found' })).toBeVisible()
    expect(sockets.paths()).toEqual([])
  })

  test('because the session was ended elsewhere leads to signing in, and back', async () => {
    await watch()
    ;[person, answer] = [null, errorResponse(401)]
    await sockets.close('/ws/polls/1/', 4001)
    expect(await screen.findByRole('heading', { name: '?next=%2Fpolls' })).toBeVisible()
    expect(screen.getByRole('banner')).not.toHaveTextContent('Asha Verma')
    expect(sockets.paths()).toEqual([])
  })

  test('because the session was ended elsewhere is opened anew where nobody need be signed in', async () => {
    await watch()
    person = null
    await sockets.close('/ws/polls/1/', 4001)
    expect(await within(screen.getByRole('banner')).findByRole('link', { name: 'Sign in' })).toBeVisible()
    expect(screen.getByRole('heading', { name: 'Read' })).toBeVisible()
    await waitFor(() => expect(sockets.paths()).toEqual(['/ws/polls/1/']))
  })
})

test('a page that asks for what needs a person leads to the sign-in page, and back', async () => {
  function Closed() {
    useQuery({ queryKey: ['x'], queryFn: () => api('/api/polls/mine/') })
    return <Page title="Mine" />
  }
  loadPage.mockImplementation((name) => pageOf(name === 'polls' ? Closed : SignInStandIn))
  let person = makePerson()
  mockApi({ [PORTAL]: () => makePortal({ apps: [polls], person }), '/api/polls/mine/': errorResponse(401) })
  renderInPortal(<Shell />, { location: '/polls?mine' })
  await screen.findByRole('banner')
  person = null // the session has ended in the meantime
  expect(await screen.findByRole('heading', { name: '?next=%2Fpolls%3Fmine' })).toBeVisible()
  expect(await screen.findByRole('banner')).not.toHaveTextContent('Asha Verma')
})

test('a change that is refused is for the page to tell', async () => {
  function Form() {
    const { mutate, error } = useMutation({ mutationFn: () => api('/api/polls/', { body: {} }) })
    return (
      <Page title="Form">
        <button onClick={() => mutate()}>Send</button>
        {error && <p>{error.message}</p>}
      </Page>
    )
  }
  withPage(Form)
  mockApi({
    [PORTAL]: makePortal({ apps: [polls] }),
    'POST /api/polls/': errorResponse(403, { detail: 'Not yours.' }),
  })
  const { user } = renderInPortal(<Shell />, { location: '/polls' })
  await user.click(await screen.findByRole('button', { name: 'Send' }))
  expect(await screen.findByText('Not yours.')).toBeVisible()
  expect(screen.getByRole('heading', { name: 'Form' })).toBeVisible()
})

test('whoever signs in or out does not see what was read before, and the sockets are opened anew', async () => {
  const sockets = fakeSockets()
  const opened = []
  const { WebSocket } = globalThis
  globalThis.WebSocket = class extends WebSocket {
    constructor(url) {
      super(url)
      opened.push(this.path)
    }
  }
  function Reader() {
    const { data } = useQuery({
      queryKey: ['mine'],
      queryFn: () => api('/api/polls/mine/'),
      staleTime: Infinity,
    })
    useSocket('/ws/polls/1/', () => {})
    const client = useQueryClient()
    return <button onClick={() => client.invalidateQueries({ queryKey: ['portal'] })}>{data}</button>
  }
  withPage(Reader)
  let person = null
  mockApi({
    [PORTAL]: () => makePortal({ apps: [polls], person }),
    '/api/polls/mine/': () => `read by ${person?.username ?? 'nobody'}`,
  })
  const { user } = renderInPortal(<Shell />, { location: '/polls' })
  const button = await screen.findByRole('button', { name: 'read by nobody' })
  person = makePerson()
  await user.click(button)
  expect(await screen.findByRole('button', { name: 'read by asha' })).toBeVisible()
  expect(opened).toEqual(['/ws/polls/1/', '/ws/polls/1/'])
  expect(sockets.paths()).toEqual(['/ws/polls/1/'])
})

test.each([
  ['/polls/1?by=day', '/sign-in?next=%2Fpolls%2F1%3Fby%3Dday'],
  ['/', '/sign-in'],
  ['/password', '/sign-in'],
])('from %p, the link to sign in leads to %p', async (path, link) => {
  withPage(() => <Page title="Any" />)
  open(path, makePortal({ apps: [polls] }))
  expect(within(await screen.findByRole('banner')).queryByText('Signed in as')).not.toBeInTheDocument()
  expect(await within(screen.getByRole('banner')).findByRole('link', { name: 'Sign in' })).toHaveAttribute(
    'href',
    link,
  )
})

test('the menu of a person leads to their account, and out', async () => {
  open('/', makePortal({ person: makePerson() }))
  const banner = within(await screen.findByRole('banner'))
  expect(await banner.findByRole('button', { name: 'Signed in as Asha Verma' })).toBeVisible()
  expect(banner.getByRole('menuitem', { name: 'Account', hidden: true })).toHaveAttribute('href', '/account')
  expect(banner.getByRole('menuitem', { name: 'Sign out', hidden: true })).toHaveAttribute(
    'href',
    '/sign-out',
  )
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
  let answer = errorResponse(503, { request_id: 'r-1' })
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
  await user.click(screen.getByRole('menuitemradio', { name: 'System', hidden: true }))
  expect(document.documentElement).toHaveAttribute('data-scheme', '')
  expect(document.cookie).not.toContain('scheme')
})

test('an error of the api carries what the server said', () => {
  expect(new ApiError(400, { title: 'Bad', detail: 'Because.' })).toMatchObject({
    message: 'Because.',
    status: 400,
  })
})
