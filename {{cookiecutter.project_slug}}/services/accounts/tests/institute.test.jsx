import { makePerson, makePortal, mockApi, jsonResponse, renderInPortal } from '@portal/testing'
import { screen } from '@testing-library/react'
import { Route, Routes, useLocation } from 'react-router'
import SignIn from '../frontend/pages/sign-in/index.jsx'

const CONFIG = '/_allauth/browser/v1/config'
const SESSION = '/_allauth/browser/v1/auth/session'
const START = 'POST /_allauth/browser/v1/auth/institute'
const CODE = 'POST /_allauth/browser/v1/auth/2fa/authenticate'
const configured = {
  status: 200,
  data: {
    account: { is_open_for_signup: false },
    portal: {
      institute_sign_in: 'Example Institute',
      maintainers: { name: 'The maintainers', email: 'help@example.edu' },
    },
  },
}
const pending = jsonResponse(401, {
  status: 401,
  data: { flows: [{ id: 'login' }, { id: 'mfa_authenticate', is_pending: true, types: ['totp'] }] },
  meta: { is_authenticated: false },
})

function OtherPage() {
  const { pathname, search } = useLocation()
  return <p>at {pathname + search}</p>
}

function open(location, answers) {
  const requests = mockApi({ '/api/portal/': makePortal(), [CONFIG]: configured, ...answers })
  const view = renderInPortal(
    <Routes>
      <Route path="sign-in/*" element={<SignIn />} />
      <Route path="*" element={<OtherPage />} />
    </Routes>,
    { location, portal: makePortal() },
  )
  return { ...view, requests }
}

const signedIn = { '/api/portal/': makePortal({ person: makePerson() }) }

test('the button asks for the page of the institute, with where to go afterwards', async () => {
  const { user, requests } = open('/sign-in?next=%2Fpolls%2F1', {
    [START]: jsonResponse(503, {
      type: 'about:blank',
      status: 503,
      title: 'Service Unavailable',
      detail: 'Example Institute does not answer at the moment. Try again in a minute.',
    }),
  })
  await user.click(await screen.findByRole('button', { name: 'Sign in with Example Institute' }))
  expect(await screen.findByText(/Example Institute does not answer/)).toBeVisible()
  expect(requests.find(({ path }) => path.endsWith('auth/institute')).body).toEqual({ next: '/polls/1' })
})

test('without the institute’s accounts there is no button', async () => {
  open('/sign-in', { [CONFIG]: { status: 200, data: { account: {}, portal: { institute_sign_in: '' } } } })
  await screen.findByRole('heading', { name: 'Sign in' })
  expect(screen.queryByRole('button', { name: /Sign in with/ })).toBeNull()
})

test('after signing in, the page that was wanted opens', async () => {
  open('/sign-in/institute?next=%2Fpolls%3Fa%3Db', signedIn)
  expect(await screen.findByText('at /polls?a=b')).toBeVisible()
})

test('it never leads to another site', async () => {
  open('/sign-in/institute?next=%2F%2Felsewhere.example', signedIn)
  expect(await screen.findByText('at /')).toBeVisible()
})

test('the second factor is asked for', async () => {
  const { user } = open('/sign-in/institute?next=%2Fpolls&step=code', {
    ...signedIn,
    [SESSION]: pending,
    [CODE]: { status: 200, data: {}, meta: { is_authenticated: true } },
  })
  await user.type(await screen.findByRole('textbox', { name: /code/i }), '123456{Enter}')
  expect(await screen.findByText('at /polls')).toBeVisible()
})

test('when nobody is signed in after all, the sign-in page opens', async () => {
  open('/sign-in/institute?next=%2Fpolls', {})
  expect(await screen.findByLabelText('Username or email')).toBeVisible()
})

test.each([
  ['unavailable', 'Example Institute does not answer at the moment', false],
  ['denied', 'Example Institute did not sign you in', false],
  ['expired', 'This sign-in has expired', false],
  ['no-account', 'You have no account here yet', true],
  ['email', 'Your email address is not confirmed', true],
  ['inactive', 'Your account here is closed', true],
  ['limited', 'Too many attempts', false],
  ['invalid', 'The answer of Example Institute was not valid', true],
  ['anything else', 'The answer of Example Institute was not valid', true],
])('the failure %s says what happened and what to do', async (problem, title, asksMaintainers) => {
  open(`/sign-in/institute?next=%2Fpolls&problem=${encodeURIComponent(problem)}`, {})
  expect(await screen.findByText(title)).toBeVisible()
  expect(screen.getByRole('heading', { level: 1, name: 'You are not signed in' })).toBeVisible()
  expect(screen.getByRole('button', { name: 'Try again' })).toBeVisible()
  expect(screen.getByRole('link', { name: 'Other ways to sign in' })).toHaveAttribute(
    'href',
    '/sign-in?next=%2Fpolls',
  )
  const link = screen.queryByRole('link', { name: 'help@example.edu' })
  expect(link ? link.getAttribute('href') : '').toBe(asksMaintainers ? 'mailto:help@example.edu' : '')
})

test('the tab that the dialog "Sign in again" opens begins at once, and explains a failure', async () => {
  const { requests } = open('/sign-in/again', {
    [START]: jsonResponse(503, { type: 'about:blank', status: 503, title: 'Service Unavailable' }),
  })
  expect(await screen.findByRole('alert')).toHaveTextContent('The portal has a problem')
  expect(requests.find(({ method }) => method === 'POST').body).toEqual({ next: '/sign-in/again' })
})

test('afterwards, that tab says that the other one continues', async () => {
  const { requests } = open('/sign-in/institute?next=%2Fsign-in%2Fagain', signedIn)
  expect(await screen.findByText('Close this tab, and continue in the other one.')).toBeVisible()
  expect(requests.filter(({ method }) => method === 'POST')).toEqual([])
})
