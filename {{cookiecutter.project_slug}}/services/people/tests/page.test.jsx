import { mockApi, makePerson, errorResponse, renderPage } from '@portal/testing'
import { act, screen, waitFor, within } from '@testing-library/react'
import People from '../frontend/index.jsx'

const API = '/api/people/'
const LIST = `${API}?page_size=36`
const ME = '/api/people/me/'
const ROLES = {
  [`${API}roles/`]: [
    { name: 'student', title: 'Student' },
    { name: 'staff', title: 'Staff' },
  ],
  [`${API}departments/`]: [{ value: 'Physics', people: 12 }],
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
        until: null,
        details: [{ name: 'department', title: 'Department', value: 'Physics' }],
      },
    ],
    ...differences,
  }
}

const listOf = (...results) => ({ count: results.length, next: null, previous: null, results })
/** The path of a list with this filter, such as `search=rao`. */
const listAt = (query) => `${API}?${query}&page_size=36`
const open = (answers, path = '', portal = {}) => {
  const requests = mockApi({ ...ROLES, ...answers })
  const page = renderPage(People, { app: 'people', path, portal: { person: makePerson(), ...portal } })
  return {
    ...page,
    requests,
    lists: () => requests.map(({ path }) => path).filter((one) => /people\/\?/.test(one)),
  }
}

test('people are listed, each as a link with what they show', async () => {
  open({ [LIST]: listOf(makeEntry()) })
  const link = await screen.findByRole('link', { name: 'Bina Rao' })
  expect(screen.getByText('Student · Physics')).toBeVisible()
  expect(screen.queryByText('bina')).not.toBeInTheDocument()
  expect(link).toHaveAttribute('href', '/people/7')
  expect(screen.getByRole('status')).toHaveTextContent('1 person')
})

test('a search is sent once, after a pause, and the field keeps the focus', async () => {
  const { user, lists } = open({ [LIST]: listOf(makeEntry()), [listAt('search=asha+v')]: listOf() })
  await screen.findByText('Bina Rao')
  const field = screen.getByRole('searchbox', { name: 'Name, department or email' })
  await user.type(field, ' asha v ')
  expect(await screen.findByRole('heading', { name: 'No one found' })).toBeVisible()
  expect(screen.getByRole('status')).toHaveTextContent('No one found')
  expect(lists()).toEqual([LIST, listAt('search=asha+v')])
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
  await waitFor(() => expect(screen.getByText('Bina Rao').closest('ul')).toHaveAttribute('aria-busy', 'true'))
  expect(screen.getByText('Bina Rao')).toBeVisible()
  expect(screen.getByRole('status')).toBeEmptyDOMElement()
  await act(async () => answer())
  expect(await screen.findByRole('alert')).toBeVisible() // the fake portal has no answer for it
})

test('the URL contains the search, for links and for the way back', async () => {
  const { user } = open(
    {
      [listAt('search=rao&role=student&department=Physics')]: listOf(makeEntry()),
      [`${API}7/`]: makeEntry(),
    },
    '?search=rao&role=student&department=Physics',
  )
  expect(screen.getByRole('searchbox')).toHaveValue('rao')
  expect(await screen.findByRole('combobox', { name: 'Role' })).toHaveValue('student')
  await user.click(await screen.findByRole('link', { name: /Bina Rao/ }))
  expect(await screen.findByRole('heading', { level: 1, name: 'Bina Rao' })).toBeVisible()
  const crumbs = within(screen.getByRole('navigation', { name: 'Breadcrumbs' }))
  expect(crumbs.getByRole('link', { name: 'People' })).toHaveAttribute(
    'href',
    '/people?search=rao&role=student&department=Physics',
  )
})

test('nobody shows their profile', async () => {
  open({ [LIST]: listOf() })
  expect(await screen.findByRole('heading', { name: 'No one shows their profile yet' })).toBeVisible()
})

test('when nobody matches, the page says what to drop', async () => {
  const { user } = open(
    {
      [listAt('search=rao&department=Physics')]: listOf(),
      [listAt('search=rao')]: listOf(makeEntry()),
    },
    '?search=rao&department=Physics',
  )
  expect(await screen.findByRole('button', { name: 'Search without “rao”' })).toBeVisible()
  await user.click(screen.getByRole('button', { name: 'In any department' }))
  expect(await screen.findByText('Bina Rao')).toBeVisible()
  expect(screen.getByRole('combobox', { name: 'Department' })).toHaveValue('')
})

test('a portal without departments has no filter for them', async () => {
  open({ [`${API}departments/`]: [], [LIST]: listOf(makeEntry()) })
  await screen.findByText('Bina Rao')
  expect(screen.queryByRole('combobox', { name: 'Department' })).not.toBeInTheDocument()
})

test('a department narrows the list', async () => {
  const { user } = open({ [LIST]: listOf(), [listAt('department=Physics')]: listOf(makeEntry()) })
  await screen.findByRole('option', { name: 'Physics (12)' })
  await user.selectOptions(screen.getByRole('combobox', { name: 'Department' }), 'Physics (12)')
  expect(await screen.findByText('Bina Rao')).toBeVisible()
})

test('a role narrows the list', async () => {
  const { user } = open({ [LIST]: listOf(), [listAt('role=staff')]: listOf(makeEntry()) })
  await screen.findByRole('option', { name: 'Staff' })
  await user.selectOptions(screen.getByRole('combobox', { name: 'Role' }), 'Staff')
  expect(await screen.findByText('Bina Rao')).toBeVisible()
})

test('the button loads more people, and the first of them gets the focus', async () => {
  const next = 'https://portal.example/api/people/?cursor=abc'
  const { user } = open({
    [LIST]: { ...listOf(makeEntry()), count: 2, next },
    [`${API}?cursor=abc`]: listOf(makeEntry({ id: 8, username: 'chandra', display_name: 'Chandra Das' })),
  })
  expect(await screen.findByText('The first 1 of 2')).toBeVisible()
  expect(screen.getByRole('heading', { name: '2 people' })).toBeVisible()
  await user.click(screen.getByRole('button', { name: 'Show more' }))
  expect(await screen.findByRole('link', { name: /Chandra Das/ })).toHaveFocus()
  expect(screen.getByRole('status')).toHaveTextContent('2 people')
  expect(screen.queryByRole('button', { name: 'Show more' })).not.toBeInTheDocument()
})

test('an invalid search says why', async () => {
  const message = 'These are 9 words. Search for 8 at most.'
  open(
    {
      [listAt('search=a')]: errorResponse(400, {
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

test('a person has a profile page with what they show, and to whom', async () => {
  const shown_to = { photo: null, roles: 'everyone', email: 'campus' }
  open({ [`${API}7/`]: { ...makeEntry(), shown_to } }, '7')
  expect(await screen.findByRole('heading', { level: 1, name: 'Bina Rao' })).toBeVisible()
  expect(screen.getByRole('link', { name: 'bina@example.edu' })).toHaveAttribute(
    'href',
    'mailto:bina@example.edu',
  )
  expect(screen.getByRole('link', { name: 'Write an email' })).toHaveAttribute(
    'href',
    'mailto:bina@example.edu',
  )
  expect(screen.getByRole('heading', { level: 2, name: 'Roles' })).toBeVisible()
  expect(screen.getByText('Since Jul 1, 2025')).toBeVisible()
  expect(
    screen.getByText(/^Shown to everyone who is signed in: roles\. Shown to people on campus: email\.$/),
  ).toBeVisible()
  expect(screen.queryByText('bina')).not.toBeInTheDocument()
  expect(screen.queryByRole('link', { name: 'Privacy' })).not.toBeInTheDocument()
  expect(screen.queryByRole('link', { name: 'Manage' })).not.toBeInTheDocument()
})

test('a role that ends says when', async () => {
  const [role] = makeEntry().roles
  open({ [`${API}7/`]: makeEntry({ roles: [{ ...role, until: '2026-12-31' }] }) }, '7')
  expect(await screen.findByText('Jul 1, 2025 to Dec 31, 2026')).toBeVisible()
})

test('others of the same department are beside the profile, without the person', async () => {
  const others = [makeEntry(), makeEntry({ id: 8, display_name: 'Chandra Das' })]
  open(
    {
      [`${API}7/`]: makeEntry(),
      [`${API}?department=Physics&page_size=7`]: { ...listOf(...others), count: 12 },
    },
    '7',
  )
  const panel = within(await screen.findByRole('region', { name: 'Also in Physics' }))
  expect(panel.getByRole('link', { name: 'Chandra Das' })).toHaveAttribute('href', '/people/8')
  expect(panel.queryByRole('link', { name: 'Bina Rao' })).not.toBeInTheDocument()
  expect(panel.getByRole('link', { name: 'All 12' })).toHaveAttribute('href', '/people?department=Physics')
})

test('a maintainer gets from a profile to the page that changes it', async () => {
  const person = { ...makePerson(), maintainer: true }
  open({ [`${API}7/`]: makeEntry() }, '7', { person })
  expect(await screen.findByRole('link', { name: 'Manage' })).toHaveAttribute('href', '/manage-people/7')
})

test('hidden parts are not on the page', async () => {
  open({ [`${API}7/`]: makeEntry({ email: null, roles: [] }) }, '7')
  await screen.findByRole('heading', { level: 1, name: 'Bina Rao' })
  expect(screen.queryByRole('link', { name: 'Write an email' })).not.toBeInTheDocument()
  expect(screen.getByText('No roles are shown to you.')).toBeVisible()
})

test.each(['8', 'x', 'roles', '7/8'])('/people/%s is not found', async (path) => {
  open({ [`${API}7/`]: makeEntry() }, path)
  expect(await screen.findByRole('heading', { name: 'Profile not found' })).toBeVisible()
})

test("one's own profile links to the privacy settings", async () => {
  const { user } = open({ [`${API}1/`]: makeEntry({ id: 1 }), [ME]: errorResponse(503) }, '1')
  await user.click(await screen.findByRole('link', { name: 'Privacy' }))
  expect(await screen.findByRole('link', { name: 'Privacy', current: 'page' })).toBeVisible()
})

const LEVELS = {
  entry_visible_to: 'everyone',
  photo_visible_to: 'everyone',
  roles_visible_to: 'everyone',
  email_visible_to: 'campus',
}

test('privacy settings are changed, and shown to others as they will be', async () => {
  document.cookie = 'intranet_csrf=token'
  let own = { ...makeEntry(), ...LEVELS }
  const { user, requests } = open(
    { [ME]: () => own, [`PATCH ${ME}`]: (changes) => (own = { ...own, ...changes }) },
    'me',
  )
  const email = await screen.findByRole('combobox', { name: 'Your email' })
  const preview = within(screen.getByRole('region', { name: 'How others see you' }))
  expect(email).toHaveValue('campus')
  expect(preview.getByText('No email')).toBeVisible()
  await user.click(preview.getByRole('radio', { name: 'Signed in, on campus' }))
  expect(preview.getByText('bina@example.edu')).toBeVisible()
  await user.selectOptions(email, 'Only you and maintainers')
  expect(preview.getByText('No email')).toBeVisible()
  await user.click(preview.getByRole('radio', { name: 'Maintainers' }))
  expect(preview.getByText('bina@example.edu')).toBeVisible()
  await user.click(screen.getByRole('button', { name: 'Save' }))
  expect(await screen.findByText('Saved')).toBeVisible()
  expect(requests.find(({ method }) => method === 'PATCH')).toMatchObject({
    body: { ...LEVELS, email_visible_to: 'nobody' },
    headers: { 'X-CSRFToken': 'token' },
  })
})

test('a hidden profile is not found by others', async () => {
  const { user } = open({ [ME]: { ...makeEntry(), ...LEVELS } }, 'me')
  await user.selectOptions(await screen.findByRole('combobox', { name: 'Your profile' }), 'People on campus')
  expect(screen.getByRole('heading', { name: "They don't find you" })).toBeVisible()
  await user.click(screen.getByRole('radio', { name: 'Signed in, on campus' }))
  expect(screen.getByText('Student · Physics')).toBeVisible()
})

test('a failed change is reported and can be repeated', async () => {
  const own = { ...makeEntry(), ...LEVELS }
  const { user } = open({ [ME]: own, [`PATCH ${ME}`]: errorResponse(409, { detail: 'Not now.' }) }, 'me')
  await user.click(await screen.findByRole('button', { name: 'Save' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('Not now.')
  expect(screen.getByRole('button', { name: 'Save' })).toBeEnabled()
})
