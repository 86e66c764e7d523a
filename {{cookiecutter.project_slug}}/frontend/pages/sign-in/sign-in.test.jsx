import { answerWith, makePerson, makePortal, refusal, renderInPortal, reply } from '@portal/testing'
import { screen } from '@testing-library/react'
import { Route, Routes, useLocation } from 'react-router'
import SignIn from './index.jsx'

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
  const requests = answerWith({ '/api/portal/': makePortal({ person: makePerson() }), ...answers })
  const view = renderInPortal(
    <Routes>
      <Route path="sign-in" element={<SignIn />} />
      <Route path="*" element={<Elsewhere />} />
    </Routes>,
    { address, portal },
  )
  return { ...view, requests }
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
  expect(requests[0]).toMatchObject({
    body: { username: 'asha', password: 'welcome' },
    headers: { 'X-CSRFToken': 'token' },
  })
  expect(requests[1].address).toBe('/api/portal/')
})

test('an e-mail address signs in too', async () => {
  const { user, requests } = open('/sign-in', { [LOGIN]: WELCOME })
  await fill(user, ' asha@institute.example ')
  expect(await screen.findByText('at /')).toBeVisible()
  expect(requests[0].body).toEqual({ email: 'asha@institute.example', password: 'welcome' })
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
  ['in its own words', refused('too_many_login_attempts')],
  ['with a status', reply(429, { status: 429 })],
  ["in the portal's words", refusal(429)],
])('too many attempts, told %s, are to be paused', async (_, answer) => {
  const { user } = open('/sign-in', { [LOGIN]: answer })
  await fill(user)
  expect(await screen.findByRole('alert')).toHaveTextContent('Wait a few minutes')
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
  expect(requests.find(({ address }) => address.endsWith('authenticate')).body).toEqual({ code: '123456' })
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
