import { mockApi, makePerson, makePortal, errorResponse, renderInPortal, jsonResponse } from '@portal/testing'
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { Route, Routes, useLocation } from 'react-router'
import { inGroups } from '../frontend/pages/account/AuthenticatorApp.jsx'
import { deviceName } from '../frontend/pages/account/deviceName.js'
import Account from '../frontend/pages/account/index.jsx'
import { cutOut, moved, readPicture, squareOf } from '../frontend/photo/picture.js'

jest.mock('../frontend/photo/picture.js', () => ({
  ...jest.requireActual('../frontend/photo/picture.js'),
  readPicture: jest.fn(),
  cutOut: jest.fn(),
  draw: jest.fn(), // jsdom has no canvas
}))

const BASE = '/_allauth/browser/v1/'
const EMAIL = `${BASE}account/email`
const FACTORS = `${BASE}account/authenticators`
const TOTP = `${FACTORS}/totp`
const RECOVERY = `${FACTORS}/recovery-codes`
const SESSIONS = `${BASE}auth/sessions`
const TOKENS = `${BASE}account/api-tokens`
const VERIFY = `${BASE}auth/email/verify`
const ACTIVITY = '/api/accounts/activity/'
const CONNECTIONS = '/api/single_sign_on/connections/'
const CONFIG = `${BASE}config`
const PREFERENCES = '/api/notifications/preferences/'
const REAUTHENTICATE = `POST ${BASE}auth/reauthenticate`

const ok = (data, meta = {}) => ({ status: 200, data, meta })
const invalid = (message, code, param) =>
  jsonResponse(400, { status: 400, errors: [{ message, code, param }] })
const reauthenticationRequired = (...flows) =>
  jsonResponse(401, {
    status: 401,
    data: { flows: flows.map((id) => ({ id })) },
    meta: { is_authenticated: true },
  })
const signedOut = jsonResponse(401, {
  status: 401,
  data: { flows: [{ id: 'login' }] },
  meta: { is_authenticated: false },
})

const ADDRESS = { email: 'asha@institute.example', primary: true, verified: true }
const FIREFOX = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:150.0) Gecko/20100101 Firefox/150.0'
const IPHONE =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Mobile/15E148 Safari/604.1'
const session = (id, differences) => ({
  id,
  user_agent: FIREFOX,
  ip: '10.1.2.3',
  created_at: 1_700_000_000 + id,
  is_current: false,
  ...differences,
})

function OtherPage() {
  const { pathname, search } = useLocation()
  return <p>at {pathname + search}</p>
}

function open(answers, { location = '/account/security', person = makePerson(), apps = [] } = {}) {
  const requests = mockApi({
    '/api/portal/': makePortal({ person, apps }),
    [EMAIL]: ok([ADDRESS]),
    [FACTORS]: ok([]),
    [SESSIONS]: ok([session(1, { is_current: true })]),
    [TOKENS]: ok({ tokens: [], scopes: [] }),
    [PREFERENCES]: { kinds: [] },
    [ACTIVITY]: [],
    [CONNECTIONS]: [],
    [CONFIG]: ok({
      portal: { passkeys: false, maintainers: { name: 'Asha', email: 'asha@institute.example' } },
    }),
    ...answers,
  })
  const view = renderInPortal(
    <Routes>
      <Route path="account/*" element={<Account />} />
      <Route path="*" element={<OtherPage />} />
    </Routes>,
    { location, portal: makePortal({ person, apps }) },
  )
  const sent = (method) => requests.filter((request) => request.method === method)
  return { ...view, requests, sent }
}

const section = (name) => within(screen.getByRole('region', { name }))

test('an anonymous visitor is redirected to sign-in, and back', async () => {
  open({}, { person: null })
  expect(await screen.findByText('at /sign-in?next=%2Faccount%2Fsecurity')).toBeVisible()
})

test.each([
  ['/account', 'Profile'],
  ['/account#notifications', 'Notifications'],
  ['/account?second-factor=required&next=/admin/', 'Security'],
  ['/account/language', 'Language and theme'],
])('%p opens the tab %p, and the title says so', async (location, tab) => {
  open({}, { location })
  expect(await screen.findByRole('link', { name: tab, current: 'page' })).toBeVisible()
  expect(screen.getByRole('heading', { level: 1 })).toHaveTextContent('Account')
  expect(document.title).toBe(`${tab} · Account · Test Portal`)
})

test('the tab about privacy leads to the directory, for people who have it', async () => {
  open({}, { apps: [{ name: 'people' }] })
  expect(await screen.findByRole('link', { name: 'Privacy' })).toHaveAttribute('href', '/people/me')
})

test('a tab that is not there is not found', async () => {
  open({}, { location: '/account/nothing' })
  expect(await screen.findByRole('heading', { name: 'Page not found' })).toBeVisible()
})

test('the colour scheme is chosen for this browser', async () => {
  const { user } = open({}, { location: '/account/language' })
  await user.click(await screen.findByRole('radio', { name: 'Dark' }))
  expect(document.cookie).toContain('scheme=dark')
  expect(document.documentElement.dataset.scheme).toBe('dark')
  expect(screen.getByRole('radio', { name: 'Dark' })).toBeChecked()
  await user.click(screen.getByRole('radio', { name: 'As the device' }))
  expect(document.cookie).not.toContain('scheme')
})

test('recent activity is described in words', async () => {
  const entry = (id, event, more) => ({
    id,
    event,
    at: '2026-01-01T00:00:00Z',
    own: true,
    ip_address: '10.1.2.3',
    factors: [],
    new_device: false,
    ...more,
  })
  open({
    [ACTIVITY]: [
      entry(4, 'signed_in', { factors: ['password', 'totp'], new_device: true }),
      entry(3, 'second_factor_removed', { own: false, ip_address: null }),
      entry(2, 'sign_in_failed', { own: false, factors: ['password'] }),
      entry(1, 'unheard_of'),
      entry(0, 'client_sign_in', { client: 'Wiki' }),
      entry(-1, 'client_disconnected', { client: 'Wiki' }),
      entry(-2, 'client_tokens_ended', { client: 'Wiki', own: false }),
    ],
  })
  const list = within(await screen.findByRole('region', { name: 'Recent activity' }))
  await list.findByText('Signed in on a new device')
  expect(list.getAllByRole('listitem').map((item) => item.querySelector('.item-words').textContent)).toEqual([
    'Signed in on a new devicePassword · Authenticator app · 10.1.2.3',
    'A second factor was removedby somebody else',
    'Somebody tried to sign inPassword · 10.1.2.3',
    'unheard_of10.1.2.3',
    'Signed in at Wiki for the first time10.1.2.3',
    'The access of Wiki was revoked10.1.2.3',
    'The access of Wiki ended: a token was used twice10.1.2.3',
  ])
})

const ON = { on: true, can_change: true }
const ALWAYS = { on: true, can_change: false }
const kind = (name, channels, differences) => ({
  kind: `polls.${name}`,
  app: 'polls',
  app_title: 'Polls',
  title: `${name}: …`,
  channels,
  ...differences,
})

test('each kind of notification has a switch for each channel that can be turned off', async () => {
  const kinds = [
    kind('New', { inbox: ON, mail: ON }),
    kind('Closed', { inbox: ALWAYS, mail: null }),
    kind('Due', { inbox: ON, mail: ON }, { kind: 'library.due', app: 'library', app_title: 'Library' }),
  ]
  const { user, sent } = open(
    {
      [PREFERENCES]: { kinds },
      [`PATCH ${PREFERENCES}`]: {
        kinds: [kind('New', { inbox: ON, mail: { on: false, can_change: true } }), ...kinds.slice(1)],
      },
    },
    { location: '/account/notifications' },
  )
  const about = await section('Notifications')
  const mail = await about.findByRole('switch', { name: 'New: …, by mail' })
  expect(mail).toBeChecked()
  expect(about.getAllByRole('switch')).toHaveLength(4)
  expect(about.getAllByRole('columnheader').map((header) => header.textContent)).toEqual([
    'About',
    'In the portal',
    'By mail',
  ])
  const closed = within(about.getByRole('row', { name: /^Closed/ }))
  expect(closed.getByText('Always')).toBeVisible()
  expect(closed.getByText('Not sent this way')).toBeInTheDocument()
  expect(about.getAllByText(/^(Polls|Library)$/).map((app) => app.textContent)).toEqual(['Library', 'Polls'])

  await user.click(mail)
  expect(await about.findByRole('switch', { name: 'New: …, by mail', checked: false })).toHaveFocus()
  expect(sent('PATCH')[0].body).toEqual({ kind: 'polls.New', channel: 'mail', on: false })
  expect(about.getByRole('switch', { name: 'New: …, in the portal' })).toBeChecked()
})

test('a switch that could not be saved goes back and says why', async () => {
  const { user } = open(
    {
      [PREFERENCES]: { kinds: [kind('New', { inbox: ON, mail: ON })] },
      [`PATCH ${PREFERENCES}`]: errorResponse(503, { detail: 'Part of the portal is not responding.' }),
    },
    { location: '/account/notifications' },
  )
  const about = await section('Notifications')
  await user.click(await about.findByRole('switch', { name: 'New: …, by mail' }))
  expect(await about.findByRole('alert')).toHaveTextContent('The portal has a problem')
  expect(about.getByRole('switch', { name: 'New: …, by mail' })).toBeChecked()
})

const PHOTO = '/api/accounts/photo/'
const picture = () => new File([new Uint8Array(1000)], 'me.jpg', { type: 'image/jpeg' })

/** Render a portal in which the person has a photo as soon as one is uploaded. */
function photographed(answers = {}, photo = null) {
  const portal = () => makePortal({ person: makePerson({ photo }) })
  return open(
    {
      '/api/portal/': portal,
      [`PUT ${PHOTO}`]: () => ({ small: (photo = '/api/accounts/1/photo/small/?v=1'), large: '' }),
      [`DELETE ${PHOTO}`]: () => (photo = null),
      ...answers,
    },
    { person: makePerson({ photo }), location: '/account/profile' },
  )
}

async function choose(user, file) {
  await user.click(section('Photo').getByRole('button', { name: /photo$/ }))
  await user.upload(screen.getByLabelText('Picture file'), file)
}

const use = (user) => user.click(screen.getByRole('button', { name: 'Use this photo' }))

beforeEach(() => {
  /** @type {any} */ readPicture.mockImplementation(async () => ({ width: 400, height: 300, close() {} }))
  /** @type {any} */ cutOut.mockImplementation(async () => picture())
})

test('a photo is cropped, uploaded, shown and removed', async () => {
  const { user, sent } = photographed()
  expect(section('Photo').getByText('You have no photo yet.')).toBeVisible()
  expect(section('Photo').queryByRole('button', { name: 'Remove photo' })).not.toBeInTheDocument()
  await choose(user, picture())
  fireEvent.change(await screen.findByRole('slider', { name: 'Zoom' }), { target: { value: '2' } })
  fireEvent.change(screen.getByRole('slider', { name: 'Left and right' }), { target: { value: '1' } })
  await use(user)
  expect(await screen.findByText('Your photo is changed.')).toBeVisible()
  expect(cutOut).toHaveBeenLastCalledWith(expect.objectContaining({ width: 400 }), { zoom: 2, x: 1, y: 0.5 })
  expect(sent('PUT').map(({ path, body }) => [path, body.photo.name, body.photo.size])).toEqual([
    [PHOTO, 'me.jpg', 1000],
  ])
  expect(section('Photo').getByRole('img', { name: 'Your photo' })).toHaveAttribute(
    'src',
    '/api/accounts/1/photo/large/?v=1',
  )
  await user.click(section('Photo').getByRole('button', { name: 'Remove photo' }))
  expect(await screen.findByText('Your photo is removed.')).toBeVisible()
  expect(section('Photo').queryByRole('img')).not.toBeInTheDocument()
})

test('the upload of a photo shows how far it is, and closing the dialog cancels it', async () => {
  let answer
  const { user } = photographed({ [`PUT ${PHOTO}`]: () => new Promise((resolve) => (answer = resolve)) })
  await choose(user, picture())
  await use(user)
  expect(await screen.findByRole('progressbar', { name: 'Uploading Your photo' })).toBeVisible()
  await user.click(screen.getByRole('button', { name: 'Cancel' }))
  expect(screen.queryByRole('progressbar')).not.toBeInTheDocument()
  await act(async () => answer({ small: '', large: '' }))
  expect(screen.queryByText('Your photo is changed.')).not.toBeInTheDocument()
})

test('a picture can be dropped', async () => {
  const { user } = photographed()
  await user.click(section('Photo').getByRole('button', { name: 'Choose photo' }))
  const zone = screen.getByLabelText('Picture file').parentElement
  fireEvent.drop(zone, { dataTransfer: { files: [picture()] } })
  expect(await screen.findByRole('slider', { name: 'Zoom' })).toBeVisible()
})

test('a photo must be chosen before it is uploaded', async () => {
  const { user, sent } = photographed()
  await user.click(section('Photo').getByRole('button', { name: 'Choose photo' }))
  await use(user)
  expect(await screen.findByRole('alert')).toHaveTextContent('Choose a picture.')
  await user.click(screen.getByRole('button', { name: 'Cancel' }))
  expect(screen.queryByLabelText('Picture file')).not.toBeInTheDocument()
  expect(sent('PUT')).toHaveLength(0)
})

test('a file that is no picture, or too large, is refused before it is uploaded', async () => {
  const { user, sent } = photographed()
  const { readPicture: read } = jest.requireActual('../frontend/photo/picture.js')
  /** @type {any} */ readPicture.mockImplementation(read) // jsdom reads no picture
  await choose(user, picture())
  expect(await screen.findByRole('alert')).toHaveTextContent('not a picture that your browser can read')
  const large = Object.defineProperty(picture(), 'size', { value: 51 * 1024 * 1024 })
  await user.upload(screen.getByLabelText('Picture file'), large)
  expect(await screen.findByText(/too large/)).toBeVisible()
  expect(sent('PUT')).toHaveLength(0)
})

test.each([
  [
    errorResponse(400, { errors: [{ field: 'photo', message: 'This is no picture.' }] }),
    'This is no picture.',
  ],
  [errorResponse(413, { detail: 'Content too large.' }), 'Content too large.'],
  [errorResponse(429), 'Too many attempts'],
  [errorResponse(503), 'The portal has a problem. Try again in a moment.'],
])('an error of a photo is shown, and another photo can be chosen (%#)', async (answer, words) => {
  let now = answer
  const { user } = photographed({ [`PUT ${PHOTO}`]: () => now })
  await choose(user, picture())
  await screen.findByRole('slider', { name: 'Zoom' })
  await use(user)
  expect(await screen.findByRole('alert')).toHaveTextContent(words)
  now = {}
  await use(user)
  expect(await screen.findByText('Your photo is changed.')).toBeVisible()
})

test('the square of a crop lies in the picture, and follows a drag to its edges', () => {
  const size = { width: 400, height: 300 }
  expect(squareOf(size, { zoom: 1, x: 0.5, y: 0.5 })).toEqual({ left: 50, top: 0, side: 300 })
  expect(squareOf(size, { zoom: 2, x: 1, y: 1 })).toEqual({ left: 250, top: 150, side: 150 })
  expect(moved(size, { zoom: 2, x: 0.5, y: 0.5 }, { right: 0.5, down: 0 })).toEqual({
    zoom: 2,
    x: 0.2,
    y: 0.5,
  })
  expect(moved(size, { zoom: 2, x: 0.5, y: 0.5 }, { right: -9, down: 9 })).toEqual({ zoom: 2, x: 1, y: 0 })
  expect(moved(size, { zoom: 1, x: 0.5, y: 0.5 }, { right: 0, down: 1 })).toEqual({ zoom: 1, x: 0.5, y: 0 })
})

test('a password is changed, after a wrong current password too', async () => {
  let answer = invalid('Please type your current password.', 'enter_current_password', 'current_password')
  const { user, sent } = open({ [`POST ${BASE}account/password/change`]: () => answer })
  await user.click(await screen.findByRole('button', { name: 'Change password' }))
  await user.type(screen.getByLabelText('Current password'), 'wrong')
  await user.type(screen.getByLabelText('New password'), 'a new long one{Enter}')
  expect(await screen.findByRole('alert')).toHaveTextContent('This is not your current password.')
  expect(screen.getByLabelText('Current password')).toHaveFocus()
  answer = ok({})
  const dialog = within(screen.getByRole('dialog'))
  await user.click(dialog.getByRole('button', { name: 'Change password' }))
  expect(await screen.findByText('Your password is changed.')).toBeVisible()
  expect(sent('POST').at(-1).body).toEqual({ current_password: 'wrong', new_password: 'a new long one' })
})

test('a new email address waits until it is confirmed', async () => {
  let addresses = [ADDRESS]
  const { user, sent } = open({
    [EMAIL]: () => ok(addresses),
    [`POST ${EMAIL}`]: ({ email }) => {
      addresses = [ADDRESS, { email, primary: false, verified: false }]
      return ok(addresses)
    },
    [`PUT ${EMAIL}`]: jsonResponse(403, { status: 403 }),
    [`DELETE ${EMAIL}`]: () => ok((addresses = [ADDRESS])),
  })
  await user.click(await screen.findByRole('button', { name: 'Change email' }))
  await user.type(screen.getByLabelText('New email'), 'new@institute.example{Enter}')
  expect(await screen.findByText(/Not confirmed/)).toBeVisible()
  expect(screen.getByText(/^We have sent a link to new@institute.example\./)).toBeVisible()
  await user.click(screen.getByRole('button', { name: /^Send again/ }))
  expect(await screen.findByRole('alert')).toHaveTextContent('Wait a few minutes')
  await user.click(screen.getByRole('button', { name: /^Remove/ }))
  expect(await screen.findByText('new@institute.example is removed.')).toBeVisible()
  expect(screen.queryByRole('button', { name: /^Send again/ })).not.toBeInTheDocument()
  expect(sent('DELETE')[0].body).toEqual({ email: 'new@institute.example' })
})

test('an authenticator app is set up after the password is confirmed, with the key that is shown then', async () => {
  let factors = []
  let proven = false
  const { user, requests } = open({
    [FACTORS]: () => ok(factors),
    [TOTP]: () =>
      proven
        ? jsonResponse(404, {
            status: 404,
            meta: { secret: 'JBSWY3DPEHPK3PXP', totp_url: 'otpauth://totp/x?secret=J' },
          })
        : reauthenticationRequired('reauthenticate'),
    [REAUTHENTICATE]: ({ password }) => {
      if (password !== 'right') return invalid('Incorrect password.', 'incorrect_password', 'password')
      proven = true
      return ok({})
    },
    [`POST ${TOTP}`]: () => {
      factors = [
        { type: 'totp', created_at: 1_700_000_000 },
        { type: 'recovery_codes', created_at: 1_700_000_000, unused_code_count: 2, total_code_count: 10 },
      ]
      return ok(factors[0])
    },
    [RECOVERY]: () => ok({ ...factors[1], unused_codes: ['11112222', '33334444'] }),
  })
  await user.click(await screen.findByRole('button', { name: 'Set up authenticator app' }))
  expect(screen.queryByRole('img', { name: /QR code/ })).not.toBeInTheDocument()
  await user.type(await screen.findByLabelText('Your password'), 'wrong{Enter}')
  expect(await screen.findByText('This password is wrong. Try again.')).toBeVisible()
  await user.clear(screen.getByLabelText('Your password'))
  await user.type(screen.getByLabelText('Your password'), 'right{Enter}')
  expect(await screen.findByText('JBSW Y3DP EHPK 3PXP')).toBeVisible()
  expect(screen.getByRole('img', { name: /QR code/ })).toBeVisible()
  await user.type(screen.getByLabelText('Code'), '123 456{Enter}')
  expect(await screen.findByText(/^On since/)).toBeVisible()
  expect(screen.queryByRole('dialog')).not.toBeInTheDocument()
  expect(screen.getByText('2 of 10 are left')).toBeVisible()
  expect(requests.findLast(({ method, path }) => method === 'POST' && path === TOTP).body).toEqual({
    code: '123456',
  })
  await user.click(screen.getByRole('button', { name: 'Show recovery codes' }))
  expect(await screen.findByText('33334444')).toBeVisible()
})

/** Start to turn the authenticator app off, and agree. */
async function turnOff(user) {
  await user.click(await screen.findByRole('button', { name: 'Turn off authenticator app' }))
  const question = within(await screen.findByRole('alertdialog'))
  await user.click(question.getByRole('button', { name: 'Turn off' }))
}

test('cancelling the confirmation changes nothing and is no error', async () => {
  const factors = [{ type: 'totp', created_at: 1_700_000_000 }]
  const { user } = open({
    [FACTORS]: ok(factors),
    [`DELETE ${TOTP}`]: reauthenticationRequired('mfa_reauthenticate'),
  })
  await turnOff(user)
  const dialog = within(await screen.findByRole('dialog', { name: 'Confirm with your second factor' }))
  expect(dialog.getByLabelText('Code')).toBeVisible()
  await user.click(dialog.getByRole('button', { name: 'Cancel' }))
  expect(screen.queryByRole('dialog')).not.toBeInTheDocument()
  expect(screen.queryByRole('alert')).not.toBeInTheDocument()
  expect(screen.getByText(/^On since/)).toBeVisible()
})

test('recovery codes are shown once, and the page says so the next time', async () => {
  const factors = [
    { type: 'totp', created_at: 1 },
    { type: 'recovery_codes', created_at: 1, unused_code_count: 1, total_code_count: 10 },
  ]
  const { user } = open({ [FACTORS]: ok(factors), [RECOVERY]: ok(factors[1]) })
  await user.click(await screen.findByRole('button', { name: 'Show recovery codes' }))
  expect(await screen.findByText('Your recovery codes were shown once', { exact: false })).toBeVisible()
})

test('the page says why a second factor cannot be set up', async () => {
  const { user } = open({
    [TOTP]: jsonResponse(409, {
      status: 409,
      errors: [{ message: 'Verify your email first.', code: 'unverified_email' }],
    }),
  })
  await user.click(await screen.findByRole('button', { name: 'Set up authenticator app' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('Verify your email first.')
})

test('the page says what to do when a second factor needs approval', async () => {
  const { user } = open({
    [TOTP]: jsonResponse(409, {
      status: 409,
      errors: [{ message: 'Not allowed.', code: 'second_factor_not_allowed' }],
    }),
  })
  await user.click(await screen.findByRole('button', { name: 'Set up authenticator app' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('Ask another maintainer to allow it in /admin/')
  expect(screen.queryByText('Not allowed.')).not.toBeInTheDocument()
})

test('the code of a maintainer starts the set-up, and a wrong one is explained', async () => {
  const APPROVAL = 'POST /api/accounts/second-factor-approval/'
  let approved = false
  const { user } = open({
    [TOTP]: () =>
      approved
        ? jsonResponse(404, { status: 404, meta: { secret: 'ABCDEFGH', totp_url: 'otpauth://totp/x' } })
        : jsonResponse(409, {
            status: 409,
            errors: [{ message: 'Not allowed.', code: 'second_factor_not_allowed' }],
          }),
    [APPROVAL]: ({ code }) => {
      if (code !== '7KQM-X2RD') return errorResponse(400, { errors: [{ field: 'code', message: 'Wrong.' }] })
      approved = true
      return jsonResponse(204, null)
    },
  })
  await user.click(await screen.findByRole('button', { name: 'Set up authenticator app' }))
  const field = await screen.findByRole('textbox', { name: 'Approval code' })
  await user.type(field, 'AAAA-AAAA{Enter}')
  expect(await screen.findByText('This code is wrong, used or expired.', { exact: false })).toBeVisible()
  await user.clear(field)
  await user.type(field, '7KQM-X2RD{Enter}')
  expect(await screen.findByRole('button', { name: 'Turn on' })).toBeVisible()
})

test('a change of the second factor is confirmed with a code where a password is not accepted', async () => {
  let proven = false
  const { user, sent } = open({
    [FACTORS]: () => ok(proven ? [] : [{ type: 'totp', created_at: 1_700_000_000 }]),
    [`POST ${BASE}auth/2fa/reauthenticate`]: () => {
      proven = true
      return ok({})
    },
    [`DELETE ${TOTP}`]: () => (proven ? ok({}) : reauthenticationRequired('mfa_reauthenticate')),
  })
  await turnOff(user)
  const dialog = within(await screen.findByRole('dialog', { name: 'Confirm with your second factor' }))
  await user.type(dialog.getByLabelText('Code'), '123456{Enter}')
  expect(await screen.findByRole('button', { name: 'Set up authenticator app' })).toBeVisible()
  expect(sent('DELETE')).toHaveLength(2)
})

async function agree(user) {
  const question = within(await screen.findByRole('alertdialog'))
  await user.click(question.getByRole('button', { name: 'Sign out' }))
}

test('one device is signed out, or all other devices', async () => {
  let sessions = [
    session(1),
    session(2, { is_current: true, rings: ['campus'] }),
    session(3, { user_agent: IPHONE, ip: '203.0.113.9' }),
    session(4, { user_agent: 'curl/8' }),
  ]
  const { user, sent } = open({
    [SESSIONS]: () => ok(sessions),
    [`DELETE ${SESSIONS}`]: ({ sessions: ended }) => {
      sessions = sessions.filter(({ id }) => !ended.includes(id))
      return ok(sessions)
    },
  })
  const lines = within(
    await screen
      .findByRole('region', { name: 'Where you are signed in' })
      .then((region) => within(region).findByRole('list')),
  )
  const [first, ...others] = lines.getAllByRole('listitem')
  expect(first).toHaveTextContent('Firefox on Windowscampus · 10.1.2.3 · signed in')
  expect(first).toHaveTextContent('This device')
  expect(others[0]).toHaveTextContent('Unknown device')
  await user.click(lines.getByRole('button', { name: 'Sign out Safari on iPhone' }))
  await agree(user)
  expect(await screen.findByText('Safari on iPhone is signed out.')).toBeVisible()
  expect(sent('DELETE')[0].body).toEqual({ sessions: [3] })
  await user.click(screen.getByRole('button', { name: 'Sign out all other devices' }))
  await agree(user)
  expect(await screen.findByText('All other devices are signed out.')).toBeVisible()
  expect(sent('DELETE')[1].body).toEqual({ sessions: [4, 1] })
  await waitFor(() => expect(lines.getAllByRole('listitem')).toHaveLength(1))
})

test('the link in an email confirms the address after a click, for anonymous visitors too', async () => {
  const { user, requests, sent } = open(
    { [VERIFY]: ok({ email: 'new@institute.example' }), [`POST ${VERIFY}`]: signedOut },
    { location: '/account/email/confirm#MQ%3A1abc%3Axyz', person: null },
  )
  await user.click(await screen.findByRole('button', { name: 'Yes, confirm' }))
  expect(await screen.findByRole('heading', { name: 'Email confirmed' })).toBeVisible()
  expect(requests[0].headers).toMatchObject({ 'X-Email-Verification-Key': 'MQ:1abc:xyz' })
  expect(sent('POST')[0].body).toEqual({ key: 'MQ:1abc:xyz' })
})

test('a link of an earlier release confirms the address too', async () => {
  const { requests } = open(
    { [VERIFY]: ok({ email: 'new@institute.example' }) },
    { location: '/account/email/confirm/MQ:1abc:xyz', person: null },
  )
  expect(await screen.findByRole('button', { name: 'Yes, confirm' })).toBeVisible()
  expect(requests.map(({ headers }) => headers['X-Email-Verification-Key'])).toEqual(['MQ:1abc:xyz'])
})

test('a used link says so', async () => {
  open(
    { [VERIFY]: invalid('Invalid', 'invalid_or_expired_key', 'key') },
    { location: '/account/email/confirm#x' },
  )
  expect(await screen.findByRole('heading', { name: 'This link no longer works' })).toBeVisible()
})

test.each([
  [FIREFOX, 'Firefox on Windows'],
  [IPHONE, 'Safari on iPhone'],
  [
    'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Safari/537.36',
    'Chrome on Linux',
  ],
  [
    'Mozilla/5.0 (Linux; Android 16; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/156.0.0.0 Mobile Safari/537.36 EdgA/156.0',
    'Edge on Android',
  ],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/19.0 Safari/605.1.15',
    'Safari on macOS',
  ],
  ['', 'Unknown device'],
])('the user agent %p is called %p', (agent, name) => {
  expect(deviceName(agent)).toBe(name)
})

test('a key is shown in groups of four', () => {
  expect(inGroups('ABCDEFGHIJ')).toBe('ABCD EFGH IJ')
})

test('a page that requires a second factor asks for a code, and links back', async () => {
  const { sent, user } = open(
    {
      [FACTORS]: ok([{ type: 'totp', created_at: 1_700_000_000 }]),
      [`POST ${BASE}auth/2fa/reauthenticate`]: invalid('Incorrect code.', 'incorrect_code', 'code'),
    },
    { location: '/account/security?second-factor=required&next=/admin/' },
  )
  expect(await screen.findByText(/Enter a code from your authenticator app/)).toBeVisible()
  expect(screen.getByRole('link', { name: 'Back to /admin/' })).toHaveAttribute('href', '/admin/')
  await user.type(screen.getByLabelText('Code'), '123456{Enter}')
  expect(await screen.findByRole('alert')).toHaveTextContent('This code is wrong or has expired.')
  expect(sent('POST')[0].body).toEqual({ code: '123456' })
})

test('a missing second factor is set up on the same page', async () => {
  open({}, { location: '/account/security?second-factor=required&next=//elsewhere.example' })
  expect(await screen.findByText(/Set one up below/)).toBeVisible()
  expect(screen.getByRole('link', { name: 'Back to /' })).toHaveAttribute('href', '/')
})
