import { errorResponse, jsonResponse, makePerson, mockApi, renderPage } from '@portal/testing'
import { act, screen, within } from '@testing-library/react'
import Overview from '../frontend/pages/overview/index.jsx'

const API = '/api/overview/'
const person = makePerson({ roles: ['maintainer'] })

const makePart = (service, differences = {}) => ({
  service,
  title: service,
  tier: 1,
  technology: 'Redis',
  version: '8.4',
  embedded_backend: '',
  status: 'ok',
  milliseconds: 1.4,
  detail: 'written, read, deleted',
  ...differences,
})

/** Make an answer of the API: everything works, in containers. */
const makeState = (differences = {}) => ({
  checked_at: new Date().toISOString(),
  interval: 5,
  environment: 'production',
  problems: [],
  tiers: [
    {
      tier: 1,
      parts: [makePart('Cache'), makePart('Database', { technology: 'PostgreSQL', version: '18' })],
    },
    { tier: 2, parts: [makePart('Worker', { tier: 2 })] },
    { tier: 3, parts: [makePart('Reverse proxy', { tier: 3 })] },
  ],
  certificates: [{ site: 'internet', days: 81, ends_soon: false }],
  queues: [
    { name: 'tasks', waiting: 4, oldest: null },
    { name: 'bulk_tasks', waiting: 0, oldest: null },
    { name: 'notifications', waiting: 31, oldest: new Date(Date.now() - 18 * 60_000).toISOString() },
    { name: 'mail', waiting: 0, oldest: null },
  ],
  mail: { failed: 0, sent: 1_120, items: [] },
  sign_ins: { accepted: 611, refused: 9 },
  disk: { total: 200e9, free: 58e9 },
  backups: [
    { kind: 'backup', last_good: new Date(Date.now() - 3_600_000).toISOString(), failed: false },
    { kind: 'drill', last_good: null, failed: false },
  ],
  versions: [{ name: 'Django', version: '6.1' }],
  redis_gui: true,
  ...differences,
})

const FAILURE = {
  service: 'message-broker',
  status: 'down',
  title: 'The message broker does not answer',
  meaning: 'Notifications wait.',
  steps: ['Look at `docker compose logs message-broker`', 'Free some space'],
  since: new Date(Date.now() - 60_000).toISOString(),
  detail: 'OperationalError: connection refused',
}

const open = (answers) => {
  const requests = mockApi(answers)
  return { requests, ...renderPage(Overview, { app: 'overview', portal: { person } }) }
}

const figure = (name) => screen.getByText(name).parentElement

test('it shows the parts by tier, figures and what waits', async () => {
  open({ [API]: makeState() })
  const database = within((await screen.findByText('Database')).closest('li'))
  expect(database.getByText('PostgreSQL 18')).toBeVisible()
  expect(database.getByText(/Works/)).toBeInTheDocument()
  expect(screen.getByRole('heading', { name: /Tier I: stores/, level: 2 })).toBeVisible()
  expect(screen.getByText('Expires in 81 days')).toBeVisible()
  expect(figure('In queues')).toHaveTextContent('35oldest 18 minutes ago')
  expect(figure('Sign-ins today')).toHaveTextContent('6119 refused')
  expect(figure('Disk')).toHaveTextContent('71%58 GB are free')
  expect(screen.getByRole('link', { name: 'Redis GUI' })).toHaveAttribute('href', '/redis/')
  expect(screen.getByRole('status')).toHaveTextContent('Every part works.')
})

test('what failed comes first, with its meaning and the commands', async () => {
  const parts = [makePart('Broker', { status: 'down' }), makePart('Cache', { status: 'waiting' })]
  open({ [API]: makeState({ problems: [FAILURE], tiers: [{ tier: 1, parts }] }) })
  const failure = within(await screen.findByRole('region', { name: FAILURE.title }))
  expect(failure.getByText(/Notifications wait/)).toHaveTextContent('Since 1 minute ago. Notifications wait.')
  expect(failure.getByText('docker compose logs message-broker').tagName).toBe('CODE')
  expect(failure.getAllByRole('listitem')).toHaveLength(2)
  expect(within(screen.getByText('Broker').closest('li')).getByText('No answer')).toBeVisible()
  expect(within(screen.getByText('Cache').closest('li')).getByText('Waiting')).toBeVisible()
  expect(screen.getByText('1 of 2 down')).toBeVisible()
})

test('it says what is embedded, and that tasks have no queue', async () => {
  const parts = [
    makePart('Cache', { technology: 'Memcached', version: '', embedded_backend: 'local memory' }),
  ]
  open({
    [API]: makeState({
      environment: 'development',
      tiers: [
        { tier: 1, parts },
        { tier: 3, parts: [] },
      ],
      queues: [],
      redis_gui: false,
    }),
  })
  expect(await screen.findByText('Memcached, embedded: local memory')).toBeVisible()
  expect(screen.getByText(/with 1 embedded part: its data/)).toBeVisible()
  expect(screen.getByText(/Tasks run at once/)).toBeVisible()
  expect(screen.queryByRole('link', { name: 'Redis GUI' })).not.toBeInTheDocument()
})

test('it asks again every five seconds, and keeps what it has when the portal stops answering', async () => {
  jest.useFakeTimers()
  let answer = makeState()
  open({ [API]: () => answer })
  await act(() => jest.advanceTimersByTimeAsync(0))
  answer = makeState({ problems: [FAILURE] })
  await act(() => jest.advanceTimersByTimeAsync(5_100))
  expect(screen.getByRole('region', { name: FAILURE.title })).toBeVisible()
  answer = errorResponse(503)
  await act(() => jest.advanceTimersByTimeAsync(30_000))
  expect(screen.getByText('make doctor')).toBeVisible()
  expect(screen.getByRole('alert')).toHaveTextContent('What you see is the state at')
  expect(screen.getByText(/^Last checked/)).toBeVisible()
  expect(screen.getByRole('region', { name: FAILURE.title })).toBeVisible()
  await act(() => jest.advanceTimersByTimeAsync(660_000))
  expect(screen.getByText(/^Last checked/)).toHaveTextContent('Last checked 11 minutes ago')
  answer = makeState()
  await act(() => jest.advanceTimersByTimeAsync(20_000))
  expect(screen.queryByRole('alert')).toBeNull()
  expect(screen.getByText(/^Checked at/)).toBeVisible()
  jest.useRealTimers()
})

test('when it has asked too often, it says when it asks again, and does', async () => {
  jest.useFakeTimers()
  let answer = makeState()
  const { requests } = open({ [API]: () => answer })
  await act(() => jest.advanceTimersByTimeAsync(0))
  const { body, status } = { body: { detail: 'Too many.' }, status: 429 }
  answer = jsonResponse(status, body, { 'Retry-After': '40' })
  await act(() => jest.advanceTimersByTimeAsync(5_100))
  const asked = requests.length
  await act(() => jest.advanceTimersByTimeAsync(10_000))
  expect(screen.getByText('It refreshes by itself in 40 seconds.')).toBeInTheDocument()
  expect(screen.getByText('It refreshes by itself in 30 seconds.')).toBeVisible()
  expect(screen.getByText('Database')).toBeVisible()
  answer = makeState()
  await act(() => jest.advanceTimersByTimeAsync(25_000))
  expect(requests).toHaveLength(asked)
  await act(() => jest.advanceTimersByTimeAsync(10_000))
  expect(requests.length).toBeGreaterThan(asked)
  expect(screen.queryByText(/It refreshes by itself/)).toBeNull()
  jest.useRealTimers()
})

test('"Check now" shows what the check found', async () => {
  const { user } = open({ [API]: makeState(), [`POST ${API}check/`]: makeState({ problems: [FAILURE] }) })
  await user.click(await screen.findByRole('button', { name: 'Check now' }))
  expect(await screen.findByRole('region', { name: FAILURE.title })).toBeVisible()
})

test('mail that failed is sent again', async () => {
  const mail = {
    id: 3,
    subject: 'Sheet 3',
    recipient: 'kofi@example.edu',
    error: 'Mailbox full',
    given_up_at: '',
  }
  let state = makeState({ mail: { failed: 1, sent: 0, items: [mail] } })
  const { user, requests } = open({
    [API]: () => state,
    [`POST ${API}mail/3/send-again/`]: () => {
      state = makeState()
      return jsonResponse(204, null)
    },
  })
  expect(await screen.findByText('Mailbox full · kofi@example.edu')).toBeVisible()
  await user.click(screen.getByRole('button', { name: 'Send again' }))
  expect(await screen.findByText('No mail failed')).toBeVisible()
  expect(requests.filter(({ method }) => method === 'POST')).toHaveLength(1)
})

test('without the permission, it says how many mails failed and what is missing', async () => {
  open({ [API]: makeState({ mail: { failed: 2, sent: 0, items: [] } }) })
  expect(await screen.findByText('core_mail.view_mail')).toBeVisible()
})

test.each([
  ['a student', makePerson(), 403, 'Only available to maintainers.', null],
  [
    'a maintainer',
    makePerson({ maintainer: true }),
    403,
    'A second factor is required.',
    'Confirm your second factor',
  ],
  ['an anonymous visitor', null, 401, 'Sign in to continue.', 'Sign in'],
])('%s who is refused learns why', async (_, reader, status, detail, action) => {
  mockApi({ [API]: errorResponse(status, { detail }) })
  renderPage(Overview, { app: 'overview', portal: { person: reader } })
  expect(await screen.findByText(detail)).toBeVisible()
  expect(screen.queryByText('make doctor')).not.toBeInTheDocument()
  if (action) expect(screen.getByRole('link', { name: action })).toBeVisible()
})
