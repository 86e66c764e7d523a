import { jsonResponse, makePerson, makePortal, mockApi, renderInPortal } from '@portal/testing'
import { screen, waitFor } from '@testing-library/react'
import SignInAgain from '../frontend/SignInAgain.jsx'

const API = '/_allauth/browser/v1/'
const needsCode = jsonResponse(401, {
  status: 401,
  data: { flows: [{ id: 'login' }, { id: 'mfa_authenticate', is_pending: true }] },
  meta: { is_authenticated: false },
})

function open(answers) {
  const requests = mockApi({ '/api/portal/': makePortal({ person: makePerson() }), ...answers })
  const view = renderInPortal(<SignInAgain />, { portal: makePortal({ person: makePerson() }) })
  return { ...view, requests }
}

test('asks for the password of the same person, then for their code, and fetches the portal', async () => {
  const { user, requests } = open({
    [`POST ${API}auth/login`]: needsCode,
    [`POST ${API}auth/2fa/authenticate`]: { status: 200 },
  })
  expect(screen.getByRole('dialog', { name: 'Sign in again' })).toHaveTextContent(
    'Sign in as asha to continue',
  )
  expect(screen.getByLabelText('Username or email')).toHaveValue('asha')
  expect(screen.getByLabelText('Password')).toHaveFocus()
  await user.type(screen.getByLabelText('Password'), 'right')
  await user.click(screen.getByRole('button', { name: 'Sign in' }))
  await user.type(await screen.findByLabelText('Code'), '123456')
  await user.click(screen.getByRole('button', { name: 'Sign in' }))
  await waitFor(() => expect(requests.at(-1).path).toBe('/api/portal/'))
  expect(requests.map(({ body }) => body).filter(Boolean)).toEqual([
    { username: 'asha', password: 'right' },
    { code: '123456' },
  ])
})

test('leads to the page of the institute in another tab, where the institute has accounts', async () => {
  const config = { account: {}, portal: { institute_sign_in: 'Example Institute' } }
  open({ [`${API}config`]: { status: 200, data: config } })
  const link = await screen.findByRole('link', { name: 'Sign in with Example Institute (opens a new tab)' })
  expect(link).toHaveAttribute('href', '/sign-in/again')
  expect(link).toHaveAttribute('target', '_blank')
})

test('stays open when the person presses Escape', async () => {
  const { user } = open({})
  await user.keyboard('{Escape}')
  expect(screen.getByRole('dialog', { name: 'Sign in again' })).toBeVisible()
})
