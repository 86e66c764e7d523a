import { mockApi, makePerson, makePortal, errorResponse, renderInPortal, jsonResponse } from '@portal/testing'
import { act, screen } from '@testing-library/react'
import { Route, Routes, useLocation } from 'react-router'
import { formatWait } from '../frontend/forms/rateLimit.js'
import SignIn from '../frontend/pages/sign-in/index.jsx'

const CONFIG = '/_allauth/browser/v1/config'
const LOGIN = 'POST /_allauth/browser/v1/auth/login'
const CODE = 'POST /_allauth/browser/v1/auth/2fa/authenticate'
const WELCOME = { status: 200, data: { user: { id: 1 } }, meta: { is_authenticated: true } }
const invalid = (code, param) =>
  jsonResponse(400, { status: 400, errors: [{ message: 'allauth says no', code, param }] })
const pending = jsonResponse(401, {
  status: 401,
  data: { flows: [{ id: 'login' }, { id: 'mfa_authenticate', is_pending: true, types: ['totp'] }] },
  meta: { is_authenticated: false },
})

function OtherPage() {
  const { pathname, search } = useLocation()
  return <p>at {pathname + search}</p>
}

function open(location, answers, portal = makePortal()) {
  const requests = mockApi({
    '/api/portal/': makePortal({ person: makePerson() }),
    [CONFIG]: { status: 200, data: { account: { is_open_for_signup: false } } },
    ...answers,
  })
  const view = renderInPortal(
    <Routes>
      <Route path="sign-in" element={<SignIn />} />
      <Route path="*" element={<OtherPage />} />
    </Routes>,
    { location, portal },
  )
  return { ...view, requests: () => requests.filter(({ path }) => path !== CONFIG) }
}

async function fill(user, login = 'asha', password = 'welcome') {
  await user.type(screen.getByLabelText('Username or email'), login)
  await user.type(screen.getByLabelText('Password'), `${password}{Enter}`)
}

test('the right password leads to the page that was opened', async () => {
  document.cookie = 'intranet_csrf=token'
  const { user, requests } = open('/sign-in?next=%2Fpolls%2F1%3Fa%3Db', { [LOGIN]: WELCOME })
  await fill(user)
  expect(await screen.findByText('at /polls/1?a=b')).toBeVisible()
  expect(requests()[0]).toMatchObject({
    body: { username: 'asha', password: 'welcome' },
    headers: { 'X-CSRFToken': 'token' },
  })
  expect(requests()[1].path).toBe('/api/portal/')
})

test('an email address works too', async () => {
  const { user, requests } = open('/sign-in', { [LOGIN]: WELCOME })
  await fill(user, ' asha@institute.example ')
  expect(await screen.findByText('at /')).toBeVisible()
  expect(requests()[0].body).toEqual({ email: 'asha@institute.example', password: 'welcome' })
})

test('another site fills in the username', async () => {
  const { user, requests } = open('/sign-in?login_hint=asha', { [LOGIN]: WELCOME })
  expect(screen.getByLabelText('Username or email')).toHaveValue('asha')
  expect(screen.getByLabelText('Password')).toHaveFocus()
  await user.type(screen.getByLabelText('Password'), 'welcome{Enter}')
  expect(await screen.findByText('at /')).toBeVisible()
  expect(requests()[0].body).toEqual({ username: 'asha', password: 'welcome' })
})

test('sign-in never leads to another site', async () => {
  const { user } = open('/sign-in?next=%2F%2Felsewhere.example', { [LOGIN]: WELCOME })
  await fill(user)
  expect(await screen.findByText('at /')).toBeVisible()
})

test.each([
  ['username_password_mismatch', 'password'],
  ['email_password_mismatch', 'password'],
  ['invalid', 'email'],
])('the error for %s does not reveal whether the username or the password is wrong', async (code, param) => {
  const { user } = open('/sign-in', { [LOGIN]: invalid(code, param) })
  await fill(user)
  expect(await screen.findByRole('alert')).toHaveTextContent('Wrong username or password.')
  expect(screen.getByLabelText('Password')).toHaveFocus()
})

test.each([
  ['as a status', jsonResponse(429, { status: 429 }), 'Try again in a few minutes.'],
  ['as problem details', errorResponse(429), 'Try again in a few minutes.'],
  [
    'with Retry-After',
    jsonResponse(429, { status: 429 }, { 'Retry-After': '300' }),
    'Try again in 5 minutes.',
  ],
])('too many attempts, answered %s, say when to try again', async (_, answer, words) => {
  const { user } = open('/sign-in', { [LOGIN]: answer })
  await fill(user)
  expect(await screen.findByRole('alert')).toHaveTextContent(words)
})

test.each([
  [1, 'in 1 second'],
  [119, 'in 119 seconds'],
  [121, 'in 3 minutes'],
  [3600, 'in 60 minutes'],
  [7201, 'in 3 hours'],
])('%p seconds are formatted as %p', (seconds, words) => {
  expect(formatWait(seconds, 'en')).toBe(words)
})

test.each([true, false])('the link to sign-up is shown while sign-up is open (%p)', async (isOpen) => {
  open('/sign-in?next=%2Fpolls', {
    [CONFIG]: { status: 200, data: { account: { is_open_for_signup: isOpen } } },
  })
  if (isOpen) {
    expect(await screen.findByRole('link', { name: 'Create an account' })).toHaveAttribute(
      'href',
      '/sign-up?next=%2Fpolls',
    )
  } else {
    await act(async () => {}) // the configuration has arrived
    expect(screen.queryByRole('link', { name: 'Create an account' })).not.toBeInTheDocument()
  }
})

test('an error of the portal is shown', async () => {
  const { user } = open('/sign-in', { [LOGIN]: errorResponse(503, { request_id: 'r-9' }) })
  await fill(user)
  expect(await screen.findByRole('alert')).toHaveTextContent('r-9')
})

test('a code is requested, after a wrong code again', async () => {
  let answer = invalid('incorrect_code', 'code')
  const { user, requests } = open('/sign-in?next=/polls', { [LOGIN]: pending, [CODE]: () => answer })
  await fill(user)
  const code = await screen.findByLabelText('Code')
  expect(code).toHaveFocus()
  await user.type(code, '123 456{Enter}')
  expect(await screen.findByRole('alert')).toHaveTextContent('This code is wrong')
  expect(code).toHaveFocus()
  answer = WELCOME
  await user.click(screen.getByRole('button', { name: 'Sign in' }))
  expect(await screen.findByText('at /polls')).toBeVisible()
  expect(requests().find(({ path }) => path.endsWith('authenticate')).body).toEqual({ code: '123456' })
})

test('an expired sign-in starts again', async () => {
  const { user } = open('/sign-in', {
    [LOGIN]: pending,
    [CODE]: jsonResponse(401, { status: 401, data: { flows: [] } }),
  })
  await fill(user)
  await user.type(await screen.findByLabelText('Code'), '123456{Enter}')
  expect(await screen.findByLabelText('Username or email')).toBeVisible()
})

test('a signed-in person is redirected at once', async () => {
  open('/sign-in?next=/polls', {}, makePortal({ person: makePerson() }))
  expect(await screen.findByText('at /polls')).toBeVisible()
})

test('a person without access to the admin is not redirected in circles', async () => {
  open('/sign-in?next=/admin/', {}, makePortal({ person: makePerson() }))
  expect(await screen.findByRole('heading', { name: 'You need another account' })).toBeVisible()
})

test('a password can be shown', async () => {
  const { user } = open('/sign-in', {})
  await user.type(screen.getByLabelText('Password'), 'secret')
  expect(screen.getByLabelText('Password')).toHaveAttribute('type', 'password')
  await user.click(screen.getByRole('button', { name: 'Show password' }))
  expect(screen.getByLabelText('Password')).toHaveAttribute('type', 'text')
})

test('an account with an unconfirmed email address refers to the email', async () => {
  const answer = jsonResponse(401, {
    status: 401,
    data: { flows: [{ id: 'verify_email', is_pending: true }] },
  })
  const { user } = open('/sign-in', { [LOGIN]: answer })
  await fill(user)
  expect(await screen.findByRole('heading', { name: 'Check your email' })).toBeVisible()
})
