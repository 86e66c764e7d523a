import { mockApi, makePortal, renderInPortal, jsonResponse } from '@portal/testing'
import { screen } from '@testing-library/react'
import { Route, Routes, useLocation } from 'react-router'
import Password from '../frontend/pages/password/index.jsx'

const REQUEST = 'POST /_allauth/browser/v1/auth/password/request'
const RESET = '/_allauth/browser/v1/auth/password/reset'
const invalid = (message, code, param) =>
  jsonResponse(400, { status: 400, errors: [{ message, code, param }] })

function OtherPage() {
  const { pathname, state } = useLocation()
  return <p>{`at ${pathname} ${state?.passwordReset}`}</p>
}

function AddressBar() {
  const { pathname, search, hash } = useLocation()
  return <p data-testid="address bar">{pathname + search + hash}</p>
}

function open(location, answers) {
  const requests = mockApi(answers)
  const view = renderInPortal(
    <>
      <AddressBar />
      <Routes>
        <Route path="password/*" element={<Password />} />
        <Route path="*" element={<OtherPage />} />
      </Routes>
    </>,
    { location, portal: makePortal() },
  )
  return { ...view, requests }
}

test('a link is sent, and the page does not reveal whether there is such an account', async () => {
  const { user, requests } = open('/password', { [REQUEST]: { status: 200 } })
  await user.type(screen.getByLabelText('Email'), 'asha@institute.example{Enter}')
  expect(await screen.findByRole('status')).toHaveTextContent(
    'If there is an account with the email asha@institute.example, we have sent a link to it.',
  )
  expect(requests[0].body).toEqual({ email: 'asha@institute.example' })
})

test('after too many requests the page says when to try again', async () => {
  const { user } = open('/password', {
    [REQUEST]: jsonResponse(429, { status: 429 }, { 'Retry-After': '3600' }),
  })
  await user.type(screen.getByLabelText('Email'), 'asha@institute.example{Enter}')
  expect(await screen.findByRole('alert')).toHaveTextContent('Try again in 60 minutes.')
})

test('the link leads to a form for a new password, and then to sign-in', async () => {
  const answers = { [RESET]: { status: 200, data: { user: { display: 'Asha Verma' } } } }
  let answer = invalid('Too common.', 'password_too_common', 'password')
  const { user, requests } = open('/password/reset#1-abc', { ...answers, [`POST ${RESET}`]: () => answer })
  expect(await screen.findByText('Asha Verma')).toBeVisible()
  expect(requests[0].headers).toMatchObject({ 'X-Password-Reset-Key': '1-abc' })
  await user.type(await screen.findByLabelText('New password'), 'password{Enter}')
  expect(await screen.findByRole('alert')).toHaveTextContent('Too common.')
  expect(screen.getByLabelText('New password')).toHaveFocus()
  // The answer on success: not signed in.
  answer = jsonResponse(401, { status: 401, data: { flows: [] }, meta: { is_authenticated: false } })
  await user.type(screen.getByLabelText('New password'), '-long-enough{Enter}')
  expect(await screen.findByText('at /sign-in true')).toBeVisible()
  expect(requests.at(-1).body).toEqual({ key: '1-abc', password: 'password-long-enough' })
})

test.each(['/password/reset#1%3Aabc', '/password/reset/1:abc'])(
  'the key of the link %s is used, and removed from the address bar',
  async (link) => {
    const { requests } = open(link, { [RESET]: { status: 200, data: { user: { display: 'Asha Verma' } } } })
    expect(await screen.findByText('Asha Verma')).toBeVisible()
    expect(requests.map(({ headers }) => headers['X-Password-Reset-Key'])).toEqual(['1:abc'])
    expect(screen.getByTestId('address bar')).toHaveTextContent(/^\/password\/reset$/)
  },
)

test('without its key the page says what to do, and asks the server nothing', async () => {
  const { requests } = open('/password/reset', {})
  expect(await screen.findByRole('link', { name: 'Send a new link' })).toBeVisible()
  expect(requests).toEqual([])
})

test('a used link says what to do', async () => {
  open('/password/reset#1-abc', { [RESET]: invalid('Invalid.', 'invalid_password_reset', 'key') })
  expect(await screen.findByRole('heading', { name: 'This link no longer works' })).toBeVisible()
  expect(screen.getByRole('link', { name: 'Send a new link' })).toHaveAttribute('href', '/password')
})
