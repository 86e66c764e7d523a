import { errorResponse, fakeSockets, makePerson, makePortal, mockApi, renderInPortal } from '@portal/testing'
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
  useTopic,
} from '../sdk/index.js'
import { PageMissingError, loadPage } from './pages.js'
import { Shell } from './Shell.jsx'

// webpack finds the pages of a build. Here each test sets them.
jest.mock('./pages.js', () => ({
  PageMissingError: class PageMissingError extends Error {
    name = 'PageMissingError'
  },
  loadPage: jest.fn(),
  isServicePage: (name) => ['account', 'denied', 'sign-in', 'sign-out'].includes(name),
  discardPage: jest.fn(),
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

function FakeSignIn() {
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

/** Cache the results of a function. Like the real `loadPage()`, React's `use()` needs the same promise for the same page. */
function memoize(make) {
  const results = new Map()
  return (key) => results.get(key) ?? results.set(key, make(key)).get(key)
}

/** List the paths of the open sockets without the one of topics, which is open for the bell. */
const ownPaths = (sockets) => sockets.paths().filter((path) => path !== '/ws/portal/')

/** Silence the console: React also logs the errors that an error boundary catches. */
function silenceConsoleErrors() {
  jest.spyOn(console, 'error').mockImplementation(() => {})
}

beforeEach(() => {
  fakeSockets()
  loadPage.mockReset()
})
afterEach(() => jest.restoreAllMocks())

test('the home page shows the portal and the apps that the visitor may open', async () => {
  open(
    '/',
    makePortal({ name: 'Himalaya', description: 'For all.', apps: [polls, library], person: makePerson() }),
  )
  expect(await screen.findByRole('heading', { level: 1, name: 'Good morning, Asha Verma' })).toBeVisible()
  expect(screen.getByText('Wednesday, November 25')).toBeVisible()
  const apps = within(screen.getByRole('region', { name: 'Apps' })).getAllByRole('link')
  expect(apps.map((link) => link.getAttribute('href'))).toEqual(['/polls', '/library'])
  expect(screen.getByText('Ask the campus.')).toBeVisible()
  expect(screen.getByRole('banner')).toHaveTextContent('Asha Verma')
  expect(document.title).toBe('Himalaya')
})

test('an anonymous visitor sees what the portal is, how to sign in, and the apps for everybody', async () => {
  open('/', makePortal({ name: 'Himalaya', description: 'For all.', apps: [polls] }))
  expect(await screen.findByRole('heading', { level: 1, name: 'Himalaya' })).toBeVisible()
  expect(screen.getByText('For all.')).toBeVisible()
  const signIn = within(screen.getByRole('region', { name: 'Sign in' }))
  expect(signIn.getByRole('link', { name: 'Sign in' })).toHaveAttribute('href', '/sign-in')
  const apps = within(screen.getByRole('region', { name: 'Open to everybody' }))
  expect(apps.getByRole('link', { name: 'Polls' })).toHaveAttribute('href', '/polls')
  expect(screen.queryByRole('navigation', { name: 'Portal' })).not.toBeInTheDocument()
})

test.each([
  ['04:59', 'Good evening'],
  ['05:00', 'Good morning'],
  ['12:00', 'Good afternoon'],
  ['17:00', 'Good evening'],
])("at %s by the portal's clock, a person is greeted with %p", async (time, greeting) => {
  open('/', makePortal({ person: makePerson(), now: `2026-11-25T${time}:00+05:30` }))
  expect(await screen.findByRole('heading', { level: 1, name: `${greeting}, Asha Verma` })).toBeVisible()
  expect(screen.getByText('Wednesday, November 25')).toBeVisible()
})

test('a portal without apps says so', async () => {
  open('/', makePortal({ person: makePerson() }))
  expect(await screen.findByText('No apps yet')).toBeVisible()
})

test('many apps are grouped by category and can be searched', async () => {
  const many = Array.from({ length: 12 }, (_, n) => ({
    ...(n % 2 ? polls : library),
    name: `app${n}`,
    title: `Äpp ${n}`,
  }))
  const { user } = open('/', makePortal({ apps: many, person: makePerson() }))
  expect(await screen.findByRole('heading', { name: 'Study', level: 3 })).toBeVisible()
  const search = screen.getByRole('searchbox', { name: 'Find an app' })
  const region = within(screen.getByRole('region', { name: 'All apps' }))
  await user.type(search, 'app 11')
  await waitFor(() => expect(region.getAllByRole('link')).toHaveLength(1))
  await user.type(search, 'x')
  await user.click(await screen.findByRole('button', { name: 'Show all apps' }))
  await waitFor(() => expect(region.getAllByRole('link')).toHaveLength(12))
})

test('an app opens at its path, and its heading gets the focus', async () => {
  withPage(() => <Page title="All polls" />)
  open('/', makePortal({ apps: [polls] }))
  const link = await screen.findByRole('link', { name: 'Polls' })
  await act(async () => link.click()) // user.click() does not wait for a page that is still loading
  const heading = await screen.findByRole('heading', { level: 1, name: 'All polls' })
  expect(heading).toHaveFocus()
  expect(document.title).toBe('All polls · Test Portal')
})

test.each(['/secret/', '/not-found'])(
  'a path that names no app of the visitor loads no page (%p)',
  async (path) => {
    open(path, makePortal({ apps: [polls] }))
    expect(await screen.findByRole('heading', { name: 'Page not found' })).toBeVisible()
    expect(loadPage).not.toHaveBeenCalled()
  },
)

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

test('an app that denies access while it is open disappears from the home page', async () => {
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

test('a 403 to the request for the portal is not retried at once', async () => {
  const answer = jest.fn(() => errorResponse(403, { detail: 'Not from here.' }))
  mockApi({ [PORTAL]: answer })
  renderInPortal(<Shell />)
  expect(await screen.findByRole('heading', { name: 'The portal cannot be reached' })).toBeVisible()
  expect(answer).toHaveBeenCalledTimes(1)
})

describe('when the server closes a socket', () => {
  function PageWithSocket() {
    const { data } = useQuery({ queryKey: ['x'], queryFn: () => api('/api/polls/') })
    useSocket('/ws/polls/1/', () => {})
    return <Page title={data ?? 'Loading'} />
  }
  let person, apps, answer, sockets

  async function openPage() {
    sockets = fakeSockets()
    loadPage.mockImplementation((name) =>
      pageOf({ polls: PageWithSocket, denied: FakeDenied }[name] ?? FakeSignIn),
    )
    ;[person, apps, answer] = [makePerson(), [polls], 'Read']
    mockApi({ [PORTAL]: () => makePortal({ apps, person }), '/api/polls/': () => answer })
    renderInPortal(<Shell />, { location: '/polls' })
    expect(await screen.findByRole('heading', { name: 'Read' })).toBeVisible()
    await waitFor(() => expect(ownPaths(sockets)).toEqual(['/ws/polls/1/']))
  }

  test('because a role ended, the shell explains who has access', async () => {
    await openPage()
    ;[apps, answer] = [[], errorResponse(403, { detail: 'For students.', roles: ['Student'] })]
    await sockets.close('/ws/polls/1/', 4003)
    expect(await screen.findByText('Student')).toBeVisible()
    expect(ownPaths(sockets)).toEqual([])
  })

  test('because a role ended, the page closes even when its requests still succeed', async () => {
    await openPage()
    apps = [] // only the list of apps says that access has ended
    await sockets.close('/ws/polls/1/', 4003)
    expect(await screen.findByRole('heading', { name: 'Page not found' })).toBeVisible()
    expect(ownPaths(sockets)).toEqual([])
  })

  test('because the session ended, the sign-in page opens and leads back', async () => {
    await openPage()
    ;[person, answer] = [null, errorResponse(401)]
    await sockets.close('/ws/polls/1/', 4001)
    expect(await screen.findByRole('heading', { name: '?next=%2Fpolls' })).toBeVisible()
    expect(screen.getByRole('banner')).not.toHaveTextContent('Asha Verma')
    expect(ownPaths(sockets)).toEqual([])
  })

  test('because the session ended, an app for anonymous visitors opens it again', async () => {
    await openPage()
    person = null
    await sockets.close('/ws/polls/1/', 4001)
    expect(await within(screen.getByRole('banner')).findByRole('link', { name: 'Sign in' })).toBeVisible()
    expect(await screen.findByRole('heading', { name: 'Read' })).toBeVisible()
    await waitFor(() => expect(ownPaths(sockets)).toEqual(['/ws/polls/1/']))
  })
})

describe('a topic', () => {
  const onRefused = jest.fn()
  function PageWithTopic() {
    const { data } = useQuery({ queryKey: ['x'], queryFn: () => api('/api/polls/') })
    const client = useQueryClient()
    useTopic('polls:1', () => client.invalidateQueries({ queryKey: ['x'] }), { onRefused })
    return <Page title={data ?? 'Loading'} />
  }
  let answer, apps, sockets

  async function openPage() {
    onRefused.mockClear()
    sockets = fakeSockets()
    loadPage.mockImplementation((name) =>
      pageOf({ polls: PageWithTopic, denied: FakeDenied }[name] ?? FakeSignIn),
    )
    ;[apps, answer] = [[polls], 'Read']
    mockApi({ [PORTAL]: () => makePortal({ apps, person: makePerson() }), '/api/polls/': () => answer })
    renderInPortal(<Shell />, { location: '/polls' })
    expect(await screen.findByRole('heading', { name: 'Read' })).toBeVisible()
  }

  test('makes the page ask the API again', async () => {
    await openPage()
    answer = 'Read again'
    await sockets.update('polls:1')
    expect(await screen.findByRole('heading', { name: 'Read again' })).toBeVisible()
    expect(onRefused).not.toHaveBeenCalled()
  })

  test('is dropped because a role ended, and the shell explains who has access', async () => {
    await openPage()
    ;[apps, answer] = [[], errorResponse(403, { detail: 'For students.', roles: ['Student'] })]
    await sockets.drop('polls:1', 403)
    expect(await screen.findByText('Student')).toBeVisible()
    expect(onRefused).toHaveBeenCalledWith({ status: 403, detail: 'Error 403' })
  })

  test('can be refused without harm to the page', async () => {
    await openPage()
    await sockets.refuse('polls:1', 403, 'No access to this topic.')
    expect(onRefused).toHaveBeenCalledWith({ status: 403, detail: 'No access to this topic.' })
    expect(screen.getByRole('heading', { name: 'Read' })).toBeVisible()
  })
})

test('a 401 leads to the sign-in page, and from there back to the page', async () => {
  function MyPolls() {
    useQuery({ queryKey: ['x'], queryFn: () => api('/api/polls/mine/') })
    return <Page title="Mine" />
  }
  loadPage.mockImplementation((name) => pageOf(name === 'polls' ? MyPolls : FakeSignIn))
  let person = makePerson()
  mockApi({ [PORTAL]: () => makePortal({ apps: [polls], person }), '/api/polls/mine/': errorResponse(401) })
  renderInPortal(<Shell />, { location: '/polls?mine' })
  await screen.findByRole('banner')
  person = null // the session has ended in the meantime
  expect(await screen.findByRole('heading', { name: '?next=%2Fpolls%3Fmine' })).toBeVisible()
  expect(await screen.findByRole('banner')).not.toHaveTextContent('Asha Verma')
})

test('a 403 to a mutation leaves the page open, which shows the error', async () => {
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

test('after signing in, data is fetched and sockets are opened again', async () => {
  const sockets = fakeSockets()
  const opened = []
  const { WebSocket } = globalThis
  globalThis.WebSocket = class extends WebSocket {
    constructor(url) {
      super(url)
      if (this.path !== '/ws/portal/') opened.push(this.path)
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
  await waitFor(() => expect(opened).toHaveLength(1))
  person = makePerson()
  await user.click(button)
  expect(await screen.findByRole('button', { name: 'read by asha' })).toBeVisible()
  await waitFor(() => expect(opened).toEqual(['/ws/polls/1/', '/ws/polls/1/']))
  expect(ownPaths(sockets)).toEqual(['/ws/polls/1/'])
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

test("the person's menu leads to the account and to signing out", async () => {
  open('/', makePortal({ person: makePerson() }))
  const banner = within(await screen.findByRole('banner'))
  expect(await banner.findByRole('button', { name: 'Signed in as Asha Verma' })).toBeVisible()
  expect(banner.getByRole('menuitem', { name: 'Account', hidden: true })).toHaveAttribute('href', '/account')
  expect(banner.getByRole('menuitem', { name: 'Sign out', hidden: true })).toHaveAttribute(
    'href',
    '/sign-out',
  )
})

test('an error in a page leaves the shell intact, and the page can be tried again', async () => {
  silenceConsoleErrors()
  let broken = true
  withPage(() => {
    if (broken) throw new Error('broken')
    return <Page title="Working" />
  })
  const { user } = open('/polls', makePortal({ apps: [polls] }))
  expect(await screen.findByText(/The rest of the portal is not affected/)).toBeVisible()
  expect(screen.getByRole('banner')).toHaveTextContent('Test Portal')
  broken = false
  await user.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('heading', { name: 'Working' })).toBeVisible()
})

test('an app whose page is not in this build offers to reload the portal', async () => {
  silenceConsoleErrors()
  const missing = Promise.reject(new PageMissingError())
  missing.catch(() => {})
  loadPage.mockReturnValue(missing)
  open('/polls', makePortal({ apps: [polls] }))
  expect(await screen.findByRole('button', { name: 'Reload the portal' })).toBeVisible()
})

test('a portal that does not answer can be tried again', async () => {
  let answer = errorResponse(503, { request_id: 'r-1' })
  const { user } = open('/', () => answer)
  expect(await screen.findByRole('heading', { name: 'The portal cannot be reached' })).toBeVisible()
  expect(screen.getByText(/r-1/)).toBeVisible()
  answer = makePortal({ name: 'Back' })
  await user.click(screen.getByRole('button', { name: 'Try now' }))
  expect(await screen.findByRole('heading', { name: 'Back' })).toBeVisible()
})

test('while the device is offline, the page stays, with a warning that it may be out of date', async () => {
  jest.spyOn(navigator, 'onLine', 'get').mockReturnValue(false)
  open('/', makePortal({ apps: [polls] }))
  expect(await screen.findByText(/This device is offline/)).toBeVisible()
  expect(screen.getByRole('link', { name: 'Polls' })).toBeVisible()
})

test('the colour scheme is saved in a cookie', async () => {
  const { user } = open('/', makePortal())
  await user.click(await screen.findByRole('menuitemradio', { name: 'Dark', hidden: true }))
  expect(document.documentElement).toHaveAttribute('data-scheme', 'dark')
  expect(document.cookie).toContain('scheme=dark')
  await user.click(screen.getByRole('menuitemradio', { name: 'System', hidden: true }))
  expect(document.documentElement).toHaveAttribute('data-scheme', '')
  expect(document.cookie).not.toContain('scheme')
})

test("an ApiError has the server's explanation as its message", () => {
  expect(new ApiError(400, { title: 'Bad', detail: 'Because.' })).toMatchObject({
    message: 'Because.',
    status: 400,
  })
})
