import { mockApi, makePerson, makePortal, errorResponse, renderInPortal, jsonResponse } from '@portal/testing'
import { screen } from '@testing-library/react'
import { Route, Routes, useLocation } from 'react-router'
import SignUp from '../frontend/pages/sign-up/index.jsx'

const CONFIG = '/_allauth/browser/v1/config'
const SIGN_UP = 'POST /_allauth/browser/v1/auth/signup'
const maintainers = { name: 'The portal team', email: 'portal@institute.example' }
const config = (isOpen, domains = []) => ({
  status: 200,
  data: { account: { is_open_for_signup: isOpen }, portal: { sign_up_domains: domains, maintainers } },
})
const unconfirmed = jsonResponse(401, {
  status: 401,
  data: { flows: [{ id: 'verify_email', is_pending: true }] },
})

function OtherPage() {
  const { pathname } = useLocation()
  return <p>at {pathname}</p>
}

function open(answers, { person = null } = {}) {
  const requests = mockApi({ '/api/portal/': makePortal({ person: makePerson() }), ...answers })
  const view = renderInPortal(
    <Routes>
      <Route path="sign-up" element={<SignUp />} />
      <Route path="*" element={<OtherPage />} />
    </Routes>,
    { location: '/sign-up?next=%2Fpolls', portal: makePortal({ person }) },
  )
  return { ...view, sent: () => requests.filter(({ method }) => method === 'POST').map(({ body }) => body) }
}

async function fill(user) {
  await user.type(await screen.findByLabelText('Username'), 'dev')
  await user.type(screen.getByLabelText('Your name (optional)'), 'Dev Das')
  await user.type(screen.getByLabelText('Email'), 'dev@institute.example')
  await user.type(screen.getByLabelText('Password'), 'four words of mine{Enter}')
}

test('while sign-up is closed, the page names the maintainers', async () => {
  open({ [CONFIG]: config(false) })
  expect(await screen.findByRole('link', { name: 'portal@institute.example' })).toHaveAttribute(
    'href',
    'mailto:portal@institute.example',
  )
  expect(screen.getByText(/write to The portal team/)).toBeVisible()
  expect(screen.queryByRole('textbox')).not.toBeInTheDocument()
  expect(screen.getByRole('link', { name: 'Back to sign-in' })).toHaveAttribute(
    'href',
    '/sign-in?next=%2Fpolls',
  )
})

test('an account is created, and its email address has to be confirmed', async () => {
  const { user, sent } = open({ [CONFIG]: config(true), [SIGN_UP]: unconfirmed })
  await fill(user)
  const heading = await screen.findByRole('heading', { name: 'Check your email' })
  expect(heading).toHaveFocus()
  expect(screen.getByRole('status')).toHaveTextContent('We have sent a link to dev@institute.example.')
  expect(screen.queryByRole('textbox')).not.toBeInTheDocument()
  expect(sent()).toEqual([
    {
      username: 'dev',
      display_name: 'Dev Das',
      email: 'dev@institute.example',
      password: 'four words of mine',
    },
  ])
})

test('errors are shown at their fields', async () => {
  const errors = [
    { message: 'Somebody has this name.', code: 'username_taken', param: 'username' },
    { message: 'Use an email address at example.edu.', code: 'domain', param: 'email' },
    { message: 'Too short.', code: 'password_too_short', param: 'password' },
    { message: 'Too common.', code: 'password_too_common', param: 'password' },
  ]
  const { user } = open({
    [CONFIG]: config(true, ['example.edu', 'example.org']),
    [SIGN_UP]: jsonResponse(400, { status: 400, errors }),
  })
  expect(await screen.findByLabelText('Email')).toHaveAccessibleDescription(/example\.edu or example\.org/)
  await fill(user)
  expect(await screen.findByLabelText('Username')).toHaveAccessibleDescription(/Somebody has this name\./)
  expect(screen.getByLabelText('Username')).toHaveFocus()
  expect(screen.getByLabelText('Email')).toHaveAccessibleDescription(/Use an email address at example\.edu/)
  expect(screen.getByLabelText('Password')).toHaveAccessibleDescription(/Too short\. Too common\./)
})

test('after too many attempts the page says when to try again', async () => {
  const { user } = open({
    [CONFIG]: config(true),
    [SIGN_UP]: jsonResponse(429, { status: 429 }, { 'Retry-After': '60' }),
  })
  await fill(user)
  expect(await screen.findByRole('alert')).toHaveTextContent('Try again in 60 seconds.')
})

test('the page says that sign-up was closed meanwhile', async () => {
  let isOpen = true
  const { user } = open({
    [CONFIG]: () => config(isOpen),
    [SIGN_UP]: () => {
      isOpen = false
      return jsonResponse(403, { status: 403 })
    },
  })
  await fill(user)
  expect(await screen.findByRole('link', { name: 'portal@institute.example' })).toBeVisible()
})

test('a signed-in person is redirected', async () => {
  open({ [CONFIG]: config(true) }, { person: makePerson() })
  expect(await screen.findByText('at /')).toBeVisible()
})

test('a person who signed in in another window is redirected', async () => {
  const { user } = open({ [CONFIG]: config(true), [SIGN_UP]: jsonResponse(409, { status: 409 }) })
  await fill(user)
  expect(await screen.findByText('at /')).toBeVisible()
})

test('an error of the portal can be retried', async () => {
  let answer = errorResponse(503, { request_id: 'r-9' })
  const { user } = open({ [CONFIG]: () => answer })
  expect(await screen.findByRole('alert')).toHaveTextContent('r-9')
  answer = config(false)
  await user.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('link', { name: 'portal@institute.example' })).toBeVisible()
})
