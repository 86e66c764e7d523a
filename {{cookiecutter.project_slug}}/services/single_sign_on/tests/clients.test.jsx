import { errorResponse, makePerson, mockApi, renderPage } from '@portal/testing'
import { screen, waitFor, within } from '@testing-library/react'
import ManageClients from '../frontend/pages/manage-clients/index.jsx'

const CLIENTS = '/api/single_sign_on/clients/'
const SECRET = 'a-secret-that-nobody-can-read-again'

const makeClient = (differences = {}) => ({
  id: 7,
  client_id: '0aefbd26e88a',
  kind: 'web',
  name: 'Wiki',
  address: 'https://wiki.example.edu/',
  logo: null,
  redirect_uris: ['https://wiki.example.edu/callback'],
  post_logout_redirect_uris: [],
  scopes: ['openid', 'email'],
  rings: [],
  roles: ['student'],
  details: [],
  trusted: false,
  created_at: '2026-01-01T00:00:00Z',
  people: 42,
  last_sign_in_at: null,
  ...differences,
})
const listOf = (...clients) => ({
  issuer: 'https://portal.example.edu',
  clients,
  scopes: [
    { name: 'openid', text: 'Recognize you' },
    { name: 'profile', text: 'See your name' },
    { name: 'email', text: 'See your email address' },
    { name: 'roles', text: 'See your roles' },
    { name: 'polls.read', text: 'Polls: See polls' },
  ],
  rings: [{ name: 'campus', title: 'campus' }],
  roles: [{ name: 'student', title: 'Student' }],
  details: [{ name: 'student.department', title: 'Student: Department' }],
})
const SIGN_INS = {
  next: null,
  previous: null,
  results: [{ id: 1, at: '2026-01-02T00:00:00Z', person: 'bina', person_id: 3, ip_address: '192.0.2.1' }],
}

function open(answers, path = '') {
  document.cookie = 'intranet_csrf=token'
  const requests = mockApi({ [`${CLIENTS}7/sign-ins/`]: SIGN_INS, ...answers })
  const page = renderPage(ManageClients, { app: 'manage-clients', path, portal: { person: makePerson() } })
  const sent = (method, url) =>
    requests.filter((request) => request.method === method && request.path === url).map(({ body }) => body)
  return { ...page, sent }
}

/** Open the page of a client that the API has changed after each request that changes it. */
function openClient(client, answers = {}) {
  return open({ [CLIENTS]: listOf(client), ...answers }, '7')
}

test('clients are listed with their kind, their audience, their consent and their use', async () => {
  open({
    [CLIENTS]: listOf(
      makeClient(),
      makeClient({ id: 8, name: 'Library', roles: [], trusted: true }),
      makeClient({ id: 9, name: 'Backup', kind: 'machine', roles: [] }),
    ),
  })
  const row = await screen.findByRole('row', { name: /Wiki/ })
  expect(within(row).getByRole('link', { name: 'Wiki' })).toHaveAttribute('href', '/manage-clients/7')
  expect(row).toHaveTextContent('Web site')
  expect(row).toHaveTextContent('Student')
  expect(row).toHaveTextContent('People are asked')
  expect(row).toHaveTextContent('42')
  expect(row).toHaveTextContent('Never')
  const library = screen.getByRole('row', { name: /Library/ })
  expect(library).toHaveTextContent('Everybody with an account')
  expect(library).toHaveTextContent('Trusted')
})

test('without a client, the page says what one is for', async () => {
  open({ [CLIENTS]: listOf() })
  expect(await screen.findByText('No other site signs people in with this portal yet')).toBeVisible()
})

test('a new client is added, its secret is shown once, and its page opens', async () => {
  let clients = []
  const { user, sent } = open(
    {
      [CLIENTS]: () => listOf(...clients),
      [`POST ${CLIENTS}`]: () => {
        clients = [makeClient()]
        return { client: makeClient(), secret: SECRET }
      },
    },
    'new',
  )
  await user.type(await screen.findByLabelText('Name'), 'Wiki')
  await user.type(
    screen.getByLabelText('Redirect URIs'),
    ' https://wiki.example.edu/callback{Enter}{Enter}https://wiki.example.edu/other',
  )
  await user.click(screen.getByRole('checkbox', { name: 'See your name' }))
  await user.click(screen.getByRole('checkbox', { name: 'Student' }))
  await user.click(screen.getByRole('button', { name: 'Add the client' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'The secret of Wiki' }))
  expect(dialog.getByText('Copy the secret now: it is not shown again.')).toBeVisible()
  await user.click(dialog.getByRole('button', { name: 'Copy Secret' }))
  expect(await navigator.clipboard.readText()).toBe(SECRET)
  expect(sent('POST', CLIENTS)[0]).toEqual({
    kind: 'web',
    name: 'Wiki',
    address: '',
    redirect_uris: ['https://wiki.example.edu/callback', 'https://wiki.example.edu/other'],
    post_logout_redirect_uris: [],
    scopes: ['openid', 'email'],
    rings: [],
    roles: ['student'],
    details: [],
    trusted: false,
  })
  await user.click(dialog.getByRole('button', { name: 'Done' }))
  expect(await screen.findByRole('heading', { name: 'Wiki' })).toBeVisible()
  expect(screen.queryByText(SECRET)).not.toBeInTheDocument()
})

test('a machine has neither redirect URIs nor an audience, and only scopes of apps', async () => {
  const machine = makeClient({ kind: 'machine' })
  const { user, sent } = open(
    { [CLIENTS]: listOf(), [`POST ${CLIENTS}`]: { client: machine, secret: SECRET } },
    'new',
  )
  await user.type(await screen.findByLabelText('Redirect URIs'), 'https://wiki.example.edu/')
  await user.selectOptions(screen.getByLabelText('Kind'), 'Machine')
  expect(screen.queryByLabelText('Redirect URIs')).not.toBeInTheDocument()
  expect(screen.queryByRole('group', { name: 'Who may use it' })).not.toBeInTheDocument()
  const scopes = within(screen.getByRole('group', { name: 'What it may do' }))
  expect(scopes.getAllByRole('checkbox')).toHaveLength(1)
  await user.click(scopes.getByRole('checkbox', { name: 'Polls: See polls' }))
  await user.type(screen.getByLabelText('Name'), 'Backup')
  await user.click(screen.getByRole('button', { name: 'Add the client' }))
  await screen.findByRole('dialog')
  expect(sent('POST', CLIENTS)[0]).toMatchObject({
    kind: 'machine',
    redirect_uris: [],
    scopes: ['polls.read'],
  })
})

test('what is wrong with a redirect URI is said beside the field', async () => {
  const errors = [
    { field: 'redirect_uris', message: '“http://x” cannot be a redirect URI.', code: 'invalid' },
  ]
  const { user } = openClient(makeClient(), {
    [`PATCH ${CLIENTS}7/`]: errorResponse(400, { errors }),
  })
  await user.type(await screen.findByLabelText('Redirect URIs'), '{Enter}http://x')
  await user.click(screen.getByRole('button', { name: 'Save' }))
  const field = screen.getByLabelText('Redirect URIs')
  await waitFor(() => expect(field).toHaveAccessibleDescription(/“http:\/\/x” cannot be a redirect URI\./))
  expect(field).toHaveFocus()
})

test('details of roles are offered with the scope for roles, and leave with it', async () => {
  const { user, sent } = openClient(
    makeClient({ scopes: ['openid', 'roles'], details: ['student.department'] }),
    {
      [`PATCH ${CLIENTS}7/`]: makeClient(),
    },
  )
  const roles = await screen.findByRole('checkbox', { name: 'See your roles' })
  expect(screen.getByRole('checkbox', { name: 'Student: Department' })).toBeChecked()
  await user.click(roles)
  expect(screen.queryByRole('checkbox', { name: 'Student: Department' })).not.toBeInTheDocument()
  await user.click(screen.getByRole('button', { name: 'Save' }))
  expect(await screen.findByText('Saved')).toBeVisible()
  expect(sent('PATCH', `${CLIENTS}7/`)[0]).toMatchObject({ scopes: ['openid'], details: [] })
})

test('a role that portal.yaml no longer has can be taken out', async () => {
  const { user, sent } = openClient(makeClient({ roles: ['student', 'alumnus'] }), {
    [`PATCH ${CLIENTS}7/`]: makeClient(),
  })
  const gone = await screen.findByRole('checkbox', { name: 'alumnus (does not exist any more)' })
  expect(gone).toBeChecked()
  await user.click(gone)
  expect(gone).not.toBeChecked()
  await user.click(screen.getByRole('button', { name: 'Save' }))
  expect(await screen.findByText('Saved')).toBeVisible()
  expect(sent('PATCH', `${CLIENTS}7/`)[0]).toMatchObject({ roles: ['student'] })
})

test('the secret is replaced after a question, and shown once', async () => {
  const { user } = openClient(makeClient(), {
    [`POST ${CLIENTS}7/secret/`]: { client: makeClient(), secret: SECRET },
  })
  await user.click(await screen.findByRole('button', { name: 'Replace the secret' }))
  const question = within(await screen.findByRole('alertdialog'))
  expect(question.getByText(/stops working at once/)).toBeVisible()
  await user.click(question.getByRole('button', { name: 'Replace' }))
  expect(await screen.findByText(SECRET)).toBeVisible()
  await user.click(screen.getByRole('button', { name: 'Done' }))
  expect(screen.queryByText(SECRET)).not.toBeInTheDocument()
})

test('an app has no secret to replace', async () => {
  openClient(makeClient({ kind: 'native' }))
  expect(await screen.findByText('An app or a command line has no secret.')).toBeVisible()
  expect(screen.queryByRole('button', { name: 'Replace the secret' })).not.toBeInTheDocument()
})

test('a client is removed after a question', async () => {
  const { user, sent } = openClient(makeClient(), { [`DELETE ${CLIENTS}7/`]: () => null })
  await user.click(await screen.findByRole('button', { name: 'Remove the client' }))
  const question = within(await screen.findByRole('alertdialog', { name: 'Remove Wiki?' }))
  await user.click(question.getByRole('button', { name: 'Remove' }))
  expect(await screen.findByText('Wiki is removed.')).toBeVisible()
  await waitFor(() => expect(sent('GET', CLIENTS).length).toBeGreaterThan(1))
  expect(sent('GET', `${CLIENTS}7/sign-ins/`)).toHaveLength(1)
  expect(sent('DELETE', `${CLIENTS}7/`)).toHaveLength(1)
})

test('the sign-ins at a client are listed', async () => {
  openClient(makeClient())
  const region = within(await screen.findByRole('region', { name: 'Sign-ins' }))
  expect(await region.findByText('bina')).toBeVisible()
  expect(region.getAllByText('192.0.2.1')[0]).toBeVisible()
})

test('an unknown number leads back to the list', async () => {
  open({ [CLIENTS]: listOf() }, '7')
  expect(await screen.findByRole('link', { name: 'All clients' })).toHaveAttribute('href', '/manage-clients')
})
