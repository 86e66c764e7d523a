import { makePerson, makePortal, renderInPortal } from '@portal/testing'
import { screen } from '@testing-library/react'
import Denied from './index.jsx'

const open = (problem, person = makePerson()) =>
  renderInPortal(<Denied problem={problem} />, { address: '/secret/1', portal: makePortal({ person }) })

test('it says which roles would open the door, and that another account may have one', () => {
  open({ detail: 'For staff.', roles: ['Staff', 'Faculty'], request_id: 'r-3' })
  expect(screen.getByRole('heading', { level: 1, name: 'Closed to you' })).toBeVisible()
  expect(screen.getByText('For staff.')).toBeVisible()
  expect(screen.getAllByRole('listitem').map((way) => way.textContent)).toEqual([
    'The role Staff or Faculty.',
    'Another account: you are signed in as Asha Verma.',
  ])
  expect(screen.getByRole('link', { name: 'Use another account' })).toBeVisible()
  expect(screen.getByText(/r-3/)).toBeVisible()
})

test.each([
  ['somebody', makePerson()],
  ['nobody', null],
])('%s who comes from elsewhere is told from where it opens, for no account changes that', (_, person) => {
  open({ detail: 'Not from here.', rings: ['campus', 'library'] }, person)
  expect(screen.getAllByRole('listitem').map((way) => way.textContent)).toEqual([
    'A device in the network campus or library.',
  ])
  expect(screen.getAllByRole('link').map((link) => link.textContent)).toEqual(['All apps'])
})

test('without more to tell, it says what may be the matter', () => {
  open(undefined, null)
  expect(screen.getByText(/roles begin and end/)).toBeVisible()
  expect(screen.getByRole('link', { name: 'Sign in' })).toHaveAttribute('href', '/sign-in?next=%2Fsecret%2F1')
})
