import { answerWith, makePerson, makePortal, refusal, renderInPortal, reply } from '@portal/testing'
import { act, screen } from '@testing-library/react'
import { Route, Routes, useLocation } from 'react-router'
import { formatWait } from '../parts/rateLimit.js'
import SignIn from './index.jsx'

const CONFIG = '/_allauth/browser/v1/config'
const LOGIN = 'POST /_allauth/browser/v1/auth/login'
const CODE = 'POST /_allauth/browser/v1/auth/2fa/authenticate'
const WELCOME = { status: 200, data: { user: { id: 1 } }, meta: { is_authenticated: true } }
const refused = (code, param) =>
  reply(400, { status: 400, errors: [{ message: 'allauth says no', code, param }] })
const pending = reply(401, {
  status: 401,
  data: { flows: [{ id: 'login' }, { id: 'mfa_authenticate', is_pending: true, types: ['totp'] }] },
  meta: { is_authenticated: false },
})

function Elsewhere() {
  const { pathname, search } = useLocation()
  return <p>at {pathname + search}</p>
}

function open(address, answers, portal = makePortal()) {
  const requests = answerWith({
    '/api/portal/': makePortal({ person: makePerson() }),
    [CONFIG]: { status: 200, data: { account: { is_open_for_signup: false } } },
    ...answers,
  })
  const view = renderInPortal(
    <Routes>
      <Route path="sign-in" element={<SignIn />} />
      <Route path="*" element={<Elsewhere />} />
    </Routes>,
    { address, portal },
  )
  return { ...view, requests: () => requests.filter(({ address }) => address !== CONFIG) }
}

async function fill(user, login = 'asha', password = 'welcome') {
  await user.type(screen.getByLabelText('Name or e-mail'), login)
  await user.type(screen.getByLabelText('Password'), `${password}{Enter}`)
}

test('the right password leads to where one wanted to go', async () => {
  document.cookie = 'intranet_csrf=token'
  const { user, requests } = open('/sign-in?next=%2Fpolls%2F1%3Fa%3Db', { [LOGIN]: WELCOME })
  await fill(user)
  expect(await screen.findByText('at /polls/1?a=b')).toBeVisible()
  expect(requests()[0]).toMatchObject({
    body: { username: 'asha', password: 'welcome' },
    headers: { 'X-CSRFToken': 'token' },
  })
  expect(requests()[1].address).toBe('/api/portal/')
})

test('an e-mail address signs in too', async () => {
  const { user, requests } = open('/sign-in', { [LOGIN]: WELCOME })
  await fill(user, ' asha@institute.example ')
  expect(await screen.findByText('at /')).toBeVisible()
  expect(requests()[0].body).toEqual({ email: 'asha@institute.example', password: 'welcome' })
})

test('another site is never where one goes', async () => {
  const { user } = open('/sign-in?next=%2F%2Felsewhere.example', { [LOGIN]: WELCOME })
  await fill(user)
  expect(await screen.findByText('at /')).toBeVisible()
})

test.each([
  ['username_password_mismatch', 'password'],
  ['email_password_mismatch', 'password'],
  ['invalid', 'email'],
])('a refusal (%s) does not tell whether the name or the password is wrong', async (code, param) => {
  const { user } = open('/sign-in', { [LOGIN]: refused(code, param) })
  await fill(user)
  expect(await screen.findByRole('alert')).toHaveTextContent('The name or the password is not right.')
  expect(screen.getByLabelText('Password')).toHaveFocus()
})

test.each([
  ['in its own words', refused('too_many_login_attempts'), 'Wait a few minutes'],
  ['with a status', reply(429, { status: 429 }), 'Wait a few minutes'],
  ["in the portal's words", refusal(429), 'Wait a few minutes'],
  ['until when', reply(429, { status: 429 }, { 'Retry-After': '300' }), 'try again in 5 minutes.'],
])('too many attempts, told %s, are to be paused', async (_, answer, words) => {
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
])('%p seconds from now is %p', (seconds, words) => {
  expect(formatWait(seconds, 'en')).toBe(words)
})

test.each([true, false])('that one can make an account is said where it is so (%p)', async (isOpen) => {
  open('/sign-in?next=%2Fpolls', {
    [CONFIG]: { status: 200, data: { account: { is_open_for_signup: isOpen } } },
  })
  if (isOpen) {
    expect(await screen.findByRole('link', { name: 'Make an account' })).toHaveAttribute(
      'href',
      '/sign-up?next=%2Fpolls',
    )
  } else {
    await act(async () => {}) // the portal has answered
    expect(screen.queryByRole('link', { name: 'Make an account' })).not.toBeInTheDocument()
  }
})

test('a portal that does not answer says so', async () => {
  const { user } = open('/sign-in', { [LOGIN]: refusal(503, { request_id: 'r-9' }) })
  await fill(user)
  expect(await screen.findByRole('alert')).toHaveTextContent('r-9')
})

test('a second factor is asked for, and a wrong code can be given again', async () => {
  let answer = refused('incorrect_code', 'code')
  const { user, requests } = open('/sign-in?next=/polls', { [LOGIN]: pending, [CODE]: () => answer })
  await fill(user)
  const code = await screen.findByLabelText('Code')
  expect(code).toHaveFocus()
  await user.type(code, '123 456{Enter}')
  expect(await screen.findByRole('alert')).toHaveTextContent('This code is not right')
  expect(code).toHaveFocus()
  answer = WELCOME
  await user.click(screen.getByRole('button', { name: 'Sign in' }))
  expect(await screen.findByText('at /polls')).toBeVisible()
  expect(requests().find(({ address }) => address.endsWith('authenticate')).body).toEqual({ code: '123456' })
})

test('a second step that took too long begins again', async () => {
  const { user } = open('/sign-in', {
    [LOGIN]: pending,
    [CODE]: reply(401, { status: 401, data: { flows: [] } }),
  })
  await fill(user)
  await user.type(await screen.findByLabelText('Code'), '123456{Enter}')
  expect(await screen.findByLabelText('Name or e-mail')).toBeVisible()
})

test('whoever is signed in already goes on at once', async () => {
  open('/sign-in?next=/polls', {}, makePortal({ person: makePerson() }))
  expect(await screen.findByText('at /polls')).toBeVisible()
})

test('a page of the servers that is closed to this account does not send them round in circles', async () => {
  open('/sign-in?next=/admin/', {}, makePortal({ person: makePerson() }))
  expect(await screen.findByRole('heading', { name: 'This is for another account' })).toBeVisible()
})

test('a password can be looked at while it is typed', async () => {
  const { user } = open('/sign-in', {})
  await user.type(screen.getByLabelText('Password'), 'secret')
  expect(screen.getByLabelText('Password')).toHaveAttribute('type', 'password')
  await user.click(screen.getByRole('button', { name: 'Show what is typed' }))
  expect(screen.getByLabelText('Password')).toHaveAttribute('type', 'text')
})

test('an account whose address is not confirmed is sent to its mail', async () => {
  const answer = reply(401, { status: 401, data: { flows: [{ id: 'verify_email', is_pending: true }] } })
  const { user } = open('/sign-in', { [LOGIN]: answer })
  await fill(user)
  expect(await screen.findByRole('heading', { name: 'Look into your mail' })).toBeVisible()
})
