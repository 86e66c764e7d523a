import { mockApi, makePerson, errorResponse, renderPage } from '@portal/testing'
import { act, screen, waitFor } from '@testing-library/react'
import People from '../frontend/index.jsx'

const LIST = '/api/people/'
const ME = '/api/people/me/'
const ROLES = {
  [`${LIST}roles/`]: [
    { name: 'student', title: 'Student' },
    { name: 'staff', title: 'Staff' },
  ],
}

function makeEntry(differences = {}) {
  return {
    id: 7,
    username: 'bina',
    display_name: 'Bina Rao',
    photo: null,
    email: 'bina@example.edu',
    roles: [
      {
        name: 'student',
        title: 'Student',
        since: '2025-07-01',
        details: [{ name: 'department', title: 'Department', value: 'Physics' }],
      },
    ],
    ...differences,
  }
}

const listOf = (...results) => ({ next: null, previous: null, results })
const open = (answers, path = '', portal = {}) => {
  const requests = mockApi({ ...ROLES, ...answers })
  const page = renderPage(People, { app: 'people', path, portal: { person: makePerson(), ...portal } })
  return {
    ...page,
    requests,
    lists: () => requests.map(({ path }) => path).filter((one) => /people\/(\?|$)/.test(one)),
  }
}

test('people are listed, each as a link with what they show', async () => {
  open({ [LIST]: listOf(makeEntry()) })
  const link = await screen.findByRole('link', { name: 'Bina Rao bina · Student, Physics' })
  expect(link).toHaveAttribute('href', '/people/7')
  expect(screen.getByRole('status')).toHaveTextContent('1 person')
})

test('a search is sent once, after a pause, and the field keeps the focus', async () => {
  const { user, lists } = open({ [LIST]: listOf(makeEntry()), [`${LIST}?search=asha+v`]: listOf() })
  await screen.findByText('Bina Rao')
  const field = screen.getByRole('searchbox', { name: 'Name, department or email' })
  await user.type(field, ' asha v ')
  expect(await screen.findByRole('heading', { name: 'No one found' })).toBeVisible()
  expect(screen.getByRole('status')).toHaveTextContent('No one found.')
  expect(lists()).toEqual([LIST, `${LIST}?search=asha+v`])
  expect(field).toHaveFocus()
  expect(field).toHaveValue(' asha v ')
})

test('the results stay while another search is running', async () => {
  let answer
  const { user } = open({ [LIST]: listOf(makeEntry()) })
  await screen.findByText('Bina Rao')
  const fetch = globalThis.fetch
  const waiting = new Promise((resolve) => (answer = resolve))
  globalThis.fetch = async (...request) => {
    if (String(request[0]).includes('search=')) await waiting
    return fetch(...request)
  }
  await user.type(screen.getByRole('searchbox'), 'x')
  await waitFor(() => expect(screen.getByRole('list')).toHaveAttribute('aria-busy', 'true'))
  expect(screen.getByText('Bina Rao')).toBeVisible()
  expect(screen.getByRole('status')).toBeEmptyDOMElement()
  await act(async () => answer())
  expect(await screen.findByRole('alert')).toBeVisible() // the fake portal has no answer for it
})

test('the URL contains the search, for links and for the way back', async () => {
  const { user } = open(
    {
      [`${LIST}?search=rao&role=student`]: listOf(makeEntry()),
      [`${LIST}7/`]: makeEntry(),
    },
    '?search=rao&role=student',
  )
  expect(screen.getByRole('searchbox')).toHaveValue('rao')
  expect(await screen.findByRole('combobox', { name: 'Role' })).toHaveValue('student')
  await user.click(await screen.findByRole('link', { name: /Bina Rao/ }))
  expect(await screen.findByRole('heading', { level: 1, name: 'Bina Rao' })).toBeVisible()
  expect(screen.getByRole('link', { name: 'All people' })).toHaveAttribute(
    'href',
    '/people?search=rao&role=student',
  )
})

test('a role narrows the list', async () => {
  const { user } = open({ [LIST]: listOf(), [`${LIST}?role=staff`]: listOf(makeEntry()) })
  await screen.findByRole('option', { name: 'Staff' })
  await user.selectOptions(screen.getByRole('combobox', { name: 'Role' }), 'Staff')
  expect(await screen.findByText('Bina Rao')).toBeVisible()
})

test('the button loads more people, and the first of them gets the focus', async () => {
  const next = 'https://portal.example/api/people/?cursor=abc'
  const { user } = open({
    [LIST]: { ...listOf(makeEntry()), next },
    [`${LIST}?cursor=abc`]: listOf(makeEntry({ id: 8, username: 'chandra', display_name: 'Chandra Das' })),
  })
  expect(await screen.findByText('The first person')).toBeVisible()
  await user.click(screen.getByRole('button', { name: 'Show more' }))
  expect(await screen.findByRole('link', { name: /Chandra Das/ })).toHaveFocus()
  expect(screen.getByRole('status')).toHaveTextContent('2 people')
  expect(screen.queryByRole('button', { name: 'Show more' })).not.toBeInTheDocument()
})

test('an invalid search says why', async () => {
  const message = 'These are 9 words. Search for 8 at most.'
  open(
    {
      [`${LIST}?search=a`]: errorResponse(400, {
        detail: 'Not right.',
        errors: [{ field: 'search', message }],
      }),
    },
    '?search=a',
  )
  expect(await screen.findByRole('alert')).toHaveTextContent(message)
})

test('a failed request can be retried', async () => {
  let answer = errorResponse(503)
  const { user } = open({ [LIST]: () => answer })
  const again = await screen.findByRole('button', { name: 'Try again' })
  answer = /** @type {any} */ (listOf(makeEntry()))
  await user.click(again)
  expect(await screen.findByText('Bina Rao')).toBeVisible()
})

test('a photo is shown if there is one', async () => {
  const photo = '/api/accounts/7/photo/small/?v=1'
  const { container } = open({ [LIST]: listOf(makeEntry({ photo })) })
  await screen.findByText('Bina Rao')
  expect(container.querySelector('img')).toHaveAttribute('src', photo)
})

test('a person has a profile page with what they show', async () => {
  open({ [`${LIST}7/`]: makeEntry() }, '7')
  expect(await screen.findByRole('heading', { level: 1, name: 'Bina Rao' })).toBeVisible()
  expect(screen.getByRole('link', { name: 'bina@example.edu' })).toHaveAttribute(
    'href',
    'mailto:bina%40example.edu',
  )
  expect(screen.getByRole('heading', { level: 2, name: 'Student' })).toBeVisible()
  expect(screen.getByText('Since July 1, 2025')).toBeVisible()
  expect(screen.getByText('Department').nextSibling).toHaveTextContent('Physics')
  expect(screen.queryByRole('link', { name: 'Privacy' })).not.toBeInTheDocument()
})

test('hidden parts are not on the page', async () => {
  open({ [`${LIST}7/`]: makeEntry({ email: null, roles: [] }) }, '7')
  await screen.findByRole('heading', { level: 1, name: 'Bina Rao' })
  expect(screen.queryByText('Email')).not.toBeInTheDocument()
  expect(screen.queryByRole('heading', { level: 2 })).not.toBeInTheDocument()
})

test.each(['8', 'x', 'roles', '7/8'])('/people/%s is not found', async (path) => {
  open({ [`${LIST}7/`]: makeEntry() }, path)
  expect(await screen.findByRole('heading', { name: 'Profile not found' })).toBeVisible()
})

test("one's own profile links to the privacy settings", async () => {
  const { user } = open({ [`${LIST}1/`]: makeEntry({ id: 1 }), [ME]: errorResponse(503) }, '1')
  await user.click(await screen.findByRole('link', { name: 'Privacy' }))
  expect(await screen.findByRole('heading', { level: 1, name: 'Privacy' })).toBeVisible()
})

test('privacy settings are changed', async () => {
  document.cookie = 'intranet_csrf=token'
  const levels = {
    entry_visible_to: 'everyone',
    photo_visible_to: 'everyone',
    roles_visible_to: 'everyone',
    email_visible_to: 'campus',
  }
  let own = { ...makeEntry(), ...levels }
  const { user, requests } = open(
    { [ME]: () => own, [`PATCH ${ME}`]: (changes) => (own = { ...own, ...changes }) },
    'me',
  )
  const email = await screen.findByRole('combobox', { name: 'Your email' })
  expect(email).toHaveValue('campus')
  await user.selectOptions(email, 'Only you')
  await user.click(screen.getByRole('button', { name: 'Save' }))
  expect(await screen.findByText('Saved.')).toBeVisible()
  expect(email).toHaveValue('nobody')
  expect(requests.find(({ method }) => method === 'PATCH')).toMatchObject({
    body: { ...levels, email_visible_to: 'nobody' },
    headers: { 'X-CSRFToken': 'token' },
  })
  await user.selectOptions(screen.getByRole('combobox', { name: 'Your photo' }), 'Only you')
  expect(screen.queryByText('Saved.')).not.toBeInTheDocument()
})

test('a failed change is reported and can be repeated', async () => {
  const own = { ...makeEntry(), entry_visible_to: 'everyone' }
  const { user } = open({ [ME]: own, [`PATCH ${ME}`]: errorResponse(409, { detail: 'Not now.' }) }, 'me')
  await user.click(await screen.findByRole('button', { name: 'Save' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('Not now.')
  expect(screen.getByRole('button', { name: 'Save' })).toBeEnabled()
})
