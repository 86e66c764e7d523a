import { answerWith, makePerson, makePortal, refusal, renderInPortal, reply } from '@portal/testing'
import { screen } from '@testing-library/react'
import SignOut from './index.jsx'

const SESSION = 'DELETE /_allauth/browser/v1/auth/session'
const gone = reply(401, {
  status: 401,
  data: { flows: [{ id: 'login' }] },
  meta: { is_authenticated: false },
})
const portal = makePortal({ person: makePerson() })
const address = { pathname: '/sign-out', state: { now: true } }

test("the menu's own link signs out at once", async () => {
  const requests = answerWith({ '/api/portal/': makePortal(), [SESSION]: gone })
  renderInPortal(<SignOut />, { address, portal })
  expect(await screen.findByRole('heading', { name: 'You are signed out' })).toBeVisible()
  expect(requests.filter(({ method }) => method === 'DELETE')).toHaveLength(1)
})

test('a link from elsewhere asks first', async () => {
  const requests = answerWith({ '/api/portal/': makePortal(), [SESSION]: gone })
  const { user } = renderInPortal(<SignOut />, { address: '/sign-out', portal })
  expect(requests).toEqual([])
  await user.click(screen.getByRole('button', { name: 'Sign out' }))
  expect(await screen.findByRole('heading', { name: 'You are signed out' })).toBeVisible()
})

test('a sign-out that did not work says so, and can be done again', async () => {
  let answer = refusal(503)
  answerWith({ '/api/portal/': makePortal(), [SESSION]: () => answer })
  const { user } = renderInPortal(<SignOut />, { address, portal })
  expect(await screen.findByRole('alert')).toBeVisible()
  answer = gone
  await user.click(screen.getByRole('button', { name: 'Sign out' }))
  expect(await screen.findByRole('heading', { name: 'You are signed out' })).toBeVisible()
})
