import { mockApi, makePerson, makePortal, errorResponse, renderInPortal, jsonResponse } from '@portal/testing'
import { screen } from '@testing-library/react'
import SignOut from '../frontend/pages/sign-out/index.jsx'

const SESSION = 'DELETE /_allauth/browser/v1/auth/session'
const signedOut = jsonResponse(401, {
  status: 401,
  data: { flows: [{ id: 'login' }] },
  meta: { is_authenticated: false },
})
const portal = makePortal({ person: makePerson() })
const location = { pathname: '/sign-out', state: { now: true } }

test('the link in the menu signs out at once', async () => {
  const requests = mockApi({ '/api/portal/': makePortal(), [SESSION]: signedOut })
  renderInPortal(<SignOut />, { location, portal })
  expect(await screen.findByRole('heading', { name: 'You are signed out' })).toBeVisible()
  expect(requests.filter(({ method }) => method === 'DELETE')).toHaveLength(1)
})

test('any other link asks first', async () => {
  const requests = mockApi({ '/api/portal/': makePortal(), [SESSION]: signedOut })
  const { user } = renderInPortal(<SignOut />, { location: '/sign-out', portal })
  expect(requests).toEqual([])
  await user.click(screen.getByRole('button', { name: 'Sign out' }))
  expect(await screen.findByRole('heading', { name: 'You are signed out' })).toBeVisible()
})

test('a failed sign-out is reported, and can be repeated', async () => {
  let answer = errorResponse(503)
  mockApi({ '/api/portal/': makePortal(), [SESSION]: () => answer })
  const { user } = renderInPortal(<SignOut />, { location, portal })
  expect(await screen.findByRole('alert')).toBeVisible()
  answer = signedOut
  await user.click(screen.getByRole('button', { name: 'Sign out' }))
  expect(await screen.findByRole('heading', { name: 'You are signed out' })).toBeVisible()
})
