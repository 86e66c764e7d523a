import { mockApi, makePerson, makePortal, errorResponse, renderInPortal, jsonResponse } from '@portal/testing'
import { screen, within } from '@testing-library/react'
import { Route, Routes, useLocation } from 'react-router'
import { inGroups } from '../frontend/pages/account/SecondFactor.jsx'
import { deviceName } from '../frontend/pages/account/deviceName.js'
import Account from '../frontend/pages/account/index.jsx'

const BASE = '/_allauth/browser/v1/'
const EMAIL = `${BASE}account/email`
const FACTORS = `${BASE}account/authenticators`
const TOTP = `${FACTORS}/totp`
const RECOVERY = `${FACTORS}/recovery-codes`
const SESSIONS = `${BASE}auth/sessions`
const VERIFY = `${BASE}auth/email/verify`
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

function open(answers, { location = '/account', person = makePerson(), apps = [] } = {}) {
  const requests = mockApi({
    '/api/portal/': makePortal({ person, apps }),
    [EMAIL]: ok([ADDRESS]),
    [FACTORS]: ok([]),
    [SESSIONS]: ok([session(1, { is_current: true })]),
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
  expect(await screen.findByText('at /sign-in?next=%2Faccount')).toBeVisible()
})

const PHOTO = '/api/accounts/photo/'
const picture = (size = 1000) => new File([new Uint8Array(size)], 'me.jpg', { type: 'image/jpeg' })

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
    { person: makePerson({ photo }) },
  )
}

async function choose(user, file) {
  await user.click(section('Photo').getByRole('button', { name: /photo$/ }))
  await user.upload(screen.getByLabelText('Picture file'), file)
  await user.click(screen.getByRole('button', { name: 'Use this photo' }))
}

test('a photo is uploaded, shown and removed', async () => {
  const { user, sent } = photographed()
  expect(section('Photo').getByText('You have no photo yet.')).toBeVisible()
  expect(section('Photo').queryByRole('button', { name: 'Remove photo' })).not.toBeInTheDocument()
  const file = picture()
  await choose(user, file)
  expect(await screen.findByText('Your photo is changed.')).toBeVisible()
  expect(sent('PUT').map(({ path, body }) => [path, body.photo.name, body.photo.size])).toEqual([
    [PHOTO, 'me.jpg', 1000],
  ])
  expect(section('Photo').getByRole('img', { name: 'Your photo' })).toHaveAttribute(
    'src',
    '/api/accounts/1/photo/large/?v=1',
  )
  expect(section('Photo').getByRole('status').parentElement).toHaveFocus()
  await user.click(section('Photo').getByRole('button', { name: 'Remove photo' }))
  expect(await screen.findByText('Your photo is removed.')).toBeVisible()
  expect(section('Photo').queryByRole('img')).not.toBeInTheDocument()
})

test.each([
  [[{ name: 'people' }], 1],
  [[{ name: 'polls' }], 0],
])(
  'the photo links to the privacy settings if the person has access to the directory (%#)',
  async (apps, count) => {
    open({}, { apps })
    await screen.findByText('This device')
    const links = section('Photo').queryAllByRole('link', { name: 'Who can see it' })
    expect(links.map((link) => link.getAttribute('href'))).toEqual(Array(count).fill('/people/me'))
  },
)

test('a photo must be chosen before it is uploaded', async () => {
  const { user, sent } = photographed()
  await user.click(section('Photo').getByRole('button', { name: 'Choose photo' }))
  await user.click(screen.getByRole('button', { name: 'Use this photo' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('Choose a file.')
  await user.click(screen.getByRole('button', { name: 'Cancel' }))
  expect(screen.queryByLabelText('Picture file')).not.toBeInTheDocument()
  expect(sent('PUT')).toHaveLength(0)
})

test('a photo that is too large is not uploaded', async () => {
  const { user, sent } = photographed()
  await choose(user, picture(7.25 * 1024 * 1024))
  expect(await screen.findByRole('alert')).toHaveTextContent(
    'This file has 7.3 MB. Choose one with at most 5 MB.',
  )
  expect(screen.getByLabelText('Picture file')).toHaveFocus()
  expect(sent('PUT')).toHaveLength(0)
})

test.each([
  [
    errorResponse(400, { errors: [{ field: 'photo', message: 'This is no picture.' }] }),
    'This is no picture.',
  ],
  [
    errorResponse(413, { detail: 'Content too large.' }),
    /^This file has 0 MB\. Choose one with at most 5 MB/,
  ],
  [errorResponse(429), 'Too many attempts.'],
  [errorResponse(503), 'The portal has a problem. Try again in a moment.'],
])('an error of a photo is shown, and another photo can be chosen (%#)', async (answer, words) => {
  let now = answer
  const { user } = photographed({ [`PUT ${PHOTO}`]: () => now })
  await choose(user, picture())
  expect(await screen.findByRole('alert')).toHaveTextContent(words)
  now = {}
  await user.upload(screen.getByLabelText('Picture file'), picture())
  await user.click(screen.getByRole('button', { name: 'Use this photo' }))
  expect(await screen.findByText('Your photo is changed.')).toBeVisible()
})

test('the page says that a photo is being uploaded', async () => {
  const { user } = photographed()
  globalThis.fetch = () => new Promise(() => {})
  await choose(user, picture())
  expect(screen.getByRole('status')).toHaveTextContent('Uploading…')
  expect(screen.getByRole('button', { name: 'Use this photo' })).toHaveAttribute('aria-busy', 'true')
})

test('a password is changed, after a wrong current password too', async () => {
  let answer = invalid('Please type your current password.', 'enter_current_password', 'current_password')
  const { user, sent } = open({ [`POST ${BASE}account/password/change`]: () => answer })
  await user.click(section('Password').getByRole('button', { name: 'Change password' }))
  await user.type(screen.getByLabelText('Current password'), 'wrong')
  await user.type(screen.getByLabelText('New password'), 'a new long one{Enter}')
  expect(await screen.findByRole('alert')).toHaveTextContent('This is not your current password.')
  expect(screen.getByLabelText('Current password')).toHaveFocus()
  answer = ok({})
  await user.click(section('Password').getByRole('button', { name: 'Change password' }))
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
  expect(section('Email').getByRole('status')).toHaveTextContent(
    'We have sent a link to new@institute.example.',
  )
  await user.click(screen.getByRole('button', { name: 'Send again' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('Wait a few minutes')
  await user.click(screen.getByRole('button', { name: 'Remove' }))
  expect(await screen.findByText('new@institute.example is removed.')).toBeVisible()
  expect(screen.queryByRole('button', { name: 'Send again' })).not.toBeInTheDocument()
  expect(sent('DELETE')[0].body).toEqual({ email: 'new@institute.example' })
})

test('a second factor is set up with the key that was shown, after the password is confirmed', async () => {
  let factors = []
  let proven = false
  const { user, requests } = open({
    [FACTORS]: () => ok(factors),
    [TOTP]: jsonResponse(404, {
      status: 404,
      meta: { secret: 'JBSWY3DPEHPK3PXP', totp_url: 'otpauth://totp/x?secret=J' },
    }),
    [REAUTHENTICATE]: ({ password }) => {
      if (password !== 'right') return invalid('Incorrect password.', 'incorrect_password', 'password')
      proven = true
      return ok({})
    },
    [`POST ${TOTP}`]: () => {
      if (!proven) return reauthenticationRequired('reauthenticate')
      factors = [
        { type: 'totp', created_at: 1_700_000_000 },
        { type: 'recovery_codes', created_at: 1_700_000_000, unused_code_count: 2, total_code_count: 2 },
      ]
      return ok(factors[0])
    },
    [RECOVERY]: () => ok({ ...factors[1], unused_codes: ['11112222', '33334444'] }),
  })
  await user.click(await screen.findByRole('button', { name: 'Set up' }))
  expect(await screen.findByText('JBSW Y3DP EHPK 3PXP')).toBeVisible()
  expect(screen.getByRole('img', { name: /QR code/ })).toBeVisible()
  await user.type(screen.getByLabelText('Code'), '123 456{Enter}')
  await user.type(await screen.findByLabelText('Your password'), 'wrong{Enter}')
  expect(await screen.findByText('This password is wrong. Try again.')).toBeVisible()
  await user.clear(screen.getByLabelText('Your password'))
  await user.type(screen.getByLabelText('Your password'), 'right{Enter}')
  expect(await screen.findByText('33334444')).toBeVisible()
  expect(section('Second factor').getByText('On')).toBeVisible()
  expect(screen.getByText('You have 2 recovery codes left.')).toBeVisible()
  expect(requests.filter(({ method, path }) => method === 'GET' && path === TOTP)).toHaveLength(1)
  expect(requests.findLast(({ method, path }) => method === 'POST' && path === TOTP).body).toEqual({
    code: '123456',
  })
})

test('cancelling the confirmation changes nothing and is no error', async () => {
  const factors = [{ type: 'totp', created_at: 1_700_000_000 }]
  const { user } = open({
    [FACTORS]: ok(factors),
    [`DELETE ${TOTP}`]: reauthenticationRequired('mfa_reauthenticate'),
  })
  await user.click(await screen.findByRole('button', { name: 'Turn off' }))
  await user.click(screen.getByRole('button', { name: 'Yes, turn it off' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Confirm with a code' }))
  expect(dialog.getByLabelText('Code')).toBeVisible()
  await user.click(dialog.getByRole('button', { name: 'Cancel' }))
  expect(screen.queryByRole('dialog')).not.toBeInTheDocument()
  expect(screen.queryByRole('alert')).not.toBeInTheDocument()
  expect(section('Second factor').getByText('On')).toBeVisible()
})

test('recovery codes are shown once, and the page says so the next time', async () => {
  const factors = [
    { type: 'totp', created_at: 1 },
    { type: 'recovery_codes', created_at: 1, unused_code_count: 10 },
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
  await user.click(await screen.findByRole('button', { name: 'Set up' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('Verify your email first.')
})

test('the page says what to do when a second factor needs approval', async () => {
  const { user } = open({
    [TOTP]: jsonResponse(409, {
      status: 409,
      errors: [{ message: 'Not allowed.', code: 'second_factor_not_allowed' }],
    }),
  })
  await user.click(await screen.findByRole('button', { name: 'Set up' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('Ask another maintainer to allow it in /admin/')
  expect(screen.queryByText('Not allowed.')).not.toBeInTheDocument()
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
  await user.click(await screen.findByRole('button', { name: 'Turn off' }))
  await user.click(screen.getByRole('button', { name: 'Yes, turn it off' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Confirm with a code' }))
  await user.type(dialog.getByLabelText('Code'), '123456{Enter}')
  expect(await screen.findByRole('button', { name: 'Set up' })).toBeVisible()
  expect(sent('DELETE')).toHaveLength(2)
})

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
  expect(await screen.findByText('Safari on iPhone is signed out.')).toBeVisible()
  expect(sent('DELETE')[0].body).toEqual({ sessions: [3] })
  await user.click(screen.getByRole('button', { name: 'Sign out all other devices' }))
  expect(await screen.findByText('All other devices are signed out.')).toBeVisible()
  expect(sent('DELETE')[1].body).toEqual({ sessions: [4, 1] })
  expect(lines.getAllByRole('listitem')).toHaveLength(1)
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
    { location: '/account/?second-factor=required&next=/admin/' },
  )
  expect(await screen.findByText(/Enter a code from your authenticator app/)).toBeVisible()
  expect(screen.getByRole('link', { name: 'Back to /admin/' })).toHaveAttribute('href', '/admin/')
  await user.type(screen.getByLabelText('Code'), '123456{Enter}')
  expect(await screen.findByRole('alert')).toHaveTextContent('This code is wrong or has expired.')
  expect(sent('POST')[0].body).toEqual({ code: '123456' })
})

test('a missing second factor is set up on the same page', async () => {
  open({}, { location: '/account/?second-factor=required&next=//elsewhere.example' })
  expect(await screen.findByText(/Set one up below/)).toBeVisible()
  expect(screen.getByRole('link', { name: 'Back to /' })).toHaveAttribute('href', '/')
})
