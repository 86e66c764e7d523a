import { mockApi, renderInPortal } from '@portal/testing'
import { screen, within } from '@testing-library/react'
import { Connections } from '../frontend/pages/account/Connections.jsx'

const PATH = '/api/single_sign_on/connections/'
const WIKI = {
  id: 7,
  name: 'Wiki',
  address: 'https://wiki.example.edu/',
  logo: null,
  since: '2026-01-01T00:00:00Z',
  last_sign_in_at: '2026-01-02T00:00:00Z',
  scopes: ['openid', 'email'],
  texts: ['Recognize you', 'See your email address'],
}

test('each site has its name, its address, and what it may do', async () => {
  mockApi({ [PATH]: [WIKI] })
  renderInPortal(<Connections />)
  expect(await screen.findByText('Wiki', { selector: '.item-title' })).toBeVisible()
  expect(screen.getByRole('link', { name: WIKI.address })).toHaveAttribute('href', WIKI.address)
  expect(screen.getByText(/Recognize you · See your email address/)).toBeVisible()
  expect(screen.getByText(/Since/)).toBeVisible()
})

test('a site is revoked after a question that says what follows', async () => {
  let sites = [WIKI]
  const requests = mockApi({
    [PATH]: () => sites,
    [`DELETE ${PATH}7/`]: () => {
      sites = []
      return null
    },
  })
  const { user } = renderInPortal(<Connections />)
  await user.click(await screen.findByRole('button', { name: 'Revoke Wiki' }))
  const question = within(await screen.findByRole('alertdialog'))
  expect(question.getByText(/It keeps what it has read already/)).toBeVisible()
  await user.click(question.getByRole('button', { name: 'Cancel' }))
  expect(requests.some(({ method }) => method === 'DELETE')).toBe(false)
  await user.click(screen.getByRole('button', { name: 'Revoke Wiki' }))
  await user.click(within(await screen.findByRole('alertdialog')).getByRole('button', { name: 'Revoke' }))
  expect(await screen.findByText('The access of Wiki is revoked.')).toBeVisible()
  expect(await screen.findByText('You have not signed in at another site with this account.')).toBeVisible()
})
