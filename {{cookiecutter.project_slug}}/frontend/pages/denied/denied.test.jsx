import { makePerson, makePortal, renderInPortal } from '@portal/testing'
import { screen } from '@testing-library/react'
import Denied from './index.jsx'

const open = (problem, person = makePerson()) =>
  renderInPortal(<Denied problem={problem} />, { address: '/secret/1', portal: makePortal({ person }) })

test('it says what would open the door, as far as the server tells', () => {
  open({ detail: 'For staff.', roles: ['Staff', 'Faculty'], rings: ['campus'], request_id: 'r-3' })
  expect(screen.getByRole('heading', { level: 1, name: 'Closed to you' })).toBeVisible()
  expect(screen.getByText('For staff.')).toBeVisible()
  expect(screen.getByText('The role Staff or Faculty.')).toBeVisible()
  expect(screen.getByText('A device in the network campus.')).toBeVisible()
  expect(screen.getByText(/you are signed in as Asha Verma/)).toBeVisible()
  expect(screen.getByText(/r-3/)).toBeVisible()
})

test('without more to tell, it says what may be the matter', () => {
  open(undefined, null)
  expect(screen.getByText(/roles begin and end/)).toBeVisible()
  expect(screen.getByRole('link', { name: 'Sign in' })).toHaveAttribute('href', '/sign-in?next=%2Fsecret%2F1')
})
