import { makePerson, makePortal, renderInPortal } from '@portal/testing'
import { screen, within } from '@testing-library/react'
import Denied from '../frontend/pages/denied/index.jsx'

const open = (problem, person = makePerson()) =>
  renderInPortal(<Denied problem={problem} />, { location: '/secret/1', portal: makePortal({ person }) })

const itemsOfMain = () => {
  const [list] = screen.getAllByRole('list').filter(({ tagName }) => tagName === 'UL')
  return within(list)
    .getAllByRole('listitem')
    .map((item) => item.textContent)
}

test('the page names the roles that grant access, and offers another account', () => {
  open({ detail: 'For staff.', roles: ['Staff', 'Faculty'], request_id: 'r-3' })
  expect(screen.getByRole('heading', { level: 1, name: "You don't have access" })).toBeVisible()
  expect(screen.getByText('For staff.')).toBeVisible()
  expect(itemsOfMain()).toEqual([
    "You need the role Staff or Faculty. The portal's maintainers grant roles.",
    'You are signed in as Asha Verma. Another account may have access.',
  ])
  expect(screen.getByRole('link', { name: 'Use another account' })).toBeVisible()
  expect(screen.getByText(/r-3/)).toBeVisible()
})

test.each([
  ['a person', makePerson()],
  ['an anonymous visitor', null],
])(
  '%s in the wrong network sees the networks that grant access, and is offered no other account',
  (_, person) => {
    open({ detail: 'Not from here.', rings: ['campus', 'library'] }, person)
    expect(itemsOfMain()).toEqual(['Use a device in the network campus or library.'])
    expect(screen.getAllByRole('link').map((link) => link.textContent)).toEqual(['Home'])
  },
)

test('without roles and rings, the page names the possible reasons', () => {
  open(undefined, null)
  expect(screen.getByText(/they can expire/)).toBeVisible()
  expect(screen.getByRole('link', { name: 'Sign in' })).toHaveAttribute('href', '/sign-in?next=%2Fsecret%2F1')
})
