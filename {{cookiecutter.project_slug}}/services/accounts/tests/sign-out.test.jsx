import { mockApi, makePerson, makePortal, errorResponse, renderInPortal, jsonResponse } from '@portal/testing'
import { useUndoableDelete } from '@portal/ui/toast'
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

test('what can still be undone is deleted before the session ends', async () => {
  const requests = mockApi({
    '/api/portal/': makePortal(),
    'DELETE /api/library/1/': jsonResponse(204, null),
    [SESSION]: signedOut,
  })
  function Book() {
    const { remove } = useUndoableDelete('/api/library/')
    return <button onClick={() => remove('/api/library/1/', 'Book deleted')}>Delete</button>
  }
  const { user } = renderInPortal(
    <>
      <Book />
      <SignOut />
    </>,
    { location: '/sign-out', portal },
  )
  await user.click(screen.getByRole('button', { name: 'Delete' }))
  await user.click(screen.getByRole('button', { name: 'Sign out' }))
  expect(await screen.findByRole('heading', { name: 'You are signed out' })).toBeVisible()
  const deletions = requests.filter(({ method }) => method === 'DELETE').map(({ path }) => path)
  expect(deletions).toEqual(['/api/library/1/', SESSION.replace('DELETE ', '')])
})
