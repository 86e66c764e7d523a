import { errorResponse, makePerson, mockApi, renderPage } from '@portal/testing'
import { screen, waitFor, within } from '@testing-library/react'
import ManagePeople from '../frontend/pages/manage-people/index.jsx'

const MANAGE = '/api/people/manage/'
const STUDENT = { id: 1, name: 'student', title: 'Student', end: null }
const SCHEMA = {
  type: 'object',
  properties: {
    department: { title: 'Department', type: 'string' },
    year: { title: 'Year', type: 'integer' },
  },
}
const ROLES = [
  { name: 'student', title: 'Student', description: '', details: SCHEMA, opens: [] },
  {
    name: 'staff',
    title: 'Staff',
    description: 'People who work here',
    details: SCHEMA,
    opens: ['Admissions'],
  },
]

const makeManaged = (differences = {}) => ({
  id: 7,
  username: 'bina',
  display_name: 'Bina Rao',
  email: 'bina@example.edu',
  photo: null,
  is_active: true,
  is_maintainer: false,
  may_change: true,
  last_sign_in: null,
  department: 'Physics',
  roles: [STUDENT],
  ...differences,
})
// As its own page shows it, with more than the list has.
const PERSON = {
  ...makeManaged(),
  name: 'Bina Rao',
  joined: '2025-01-01T00:00:00Z',
  has_password: false,
  has_second_factor: false,
}
const CHANDRA = makeManaged({ id: 8, username: 'chandra', display_name: 'Chandra Das', roles: [] })

const listOf = (results, more = {}) => ({
  count: results.length,
  page: 1,
  page_size: 25,
  totals: { active: 40, deactivated: 2 },
  results,
  ...more,
})
const cursorOf = (...results) => ({ next: null, previous: null, results })

function open(answers, path = '') {
  document.cookie = 'intranet_csrf=token'
  const requests = mockApi({ [`${MANAGE}roles/`]: ROLES, ...answers })
  const page = renderPage(ManagePeople, { app: 'manage-people', path, portal: { person: makePerson() } })
  const sent = (method, url) =>
    requests.filter((request) => request.method === method && request.path === url).map(({ body }) => body)
  return { ...page, requests, sent }
}

describe('the list', () => {
  test('people are in a table, with their number first', async () => {
    open({ [MANAGE]: listOf([makeManaged()], { count: 42 }) })
    const row = await screen.findByRole('row', { name: /Bina Rao/ })
    expect(within(row).getByRole('link', { name: 'Bina Rao' })).toHaveAttribute('href', '/manage-people/7')
    expect(row).toHaveTextContent('bina')
    expect(within(row).getByText('Student')).toBeVisible()
    expect(within(row).getByText('Physics')).toBeVisible()
    expect(within(row).getByText('Never')).toBeVisible()
    expect(screen.getByText('40 active, 2 deactivated')).toBeVisible()
    expect(screen.getByRole('link', { name: 'Export' })).toHaveAttribute('href', `${MANAGE}export/`)
  })

  test('filters and sorting are in the address of the request', async () => {
    const { user } = open({
      [MANAGE]: listOf([makeManaged()]),
      [`${MANAGE}?role=-`]: listOf([CHANDRA]),
      [`${MANAGE}?role=-&sort=-name`]: listOf([makeManaged({ id: 9, display_name: 'Zoe' })]),
    })
    await screen.findByText('Bina Rao')
    await user.selectOptions(screen.getByRole('combobox', { name: 'Role' }), 'No role')
    await screen.findByText('Chandra Das')
    await user.click(screen.getByRole('button', { name: 'Name' }))
    expect(await screen.findByText('Zoe')).toBeVisible()
  })

  test('pages have numbers, and a selection ends with its page', async () => {
    const { user } = open({
      [MANAGE]: listOf([makeManaged()], { count: 26 }),
      [`${MANAGE}?page=2`]: listOf([CHANDRA], { count: 26, page: 2 }),
    })
    await user.click(await screen.findByRole('checkbox', { name: 'Select Bina Rao' }))
    expect(screen.getByRole('button', { name: 'Back' })).toBeDisabled()
    await user.click(screen.getByRole('button', { name: 'Next' }))
    await screen.findByText('Chandra Das')
    expect(screen.getByText('26 to 26 of 26')).toBeVisible()
    expect(screen.queryByRole('button', { name: 'Give a role' })).not.toBeInTheDocument()
  })

  test('when nobody matches, the page says what to drop', async () => {
    const { user } = open(
      { [`${MANAGE}?search=x&state=active`]: listOf([]), [`${MANAGE}?search=x`]: listOf([CHANDRA]) },
      '?search=x&state=active',
    )
    expect(await screen.findByRole('button', { name: 'Search without “x”' })).toBeVisible()
    await user.click(screen.getByRole('button', { name: 'Active and deactivated' }))
    expect(await screen.findByText('Chandra Das')).toBeVisible()
  })
})

describe('several people', () => {
  async function select(answers) {
    const opened = open({ [MANAGE]: listOf([makeManaged(), CHANDRA]), ...answers })
    await opened.user.click(await screen.findByRole('checkbox', { name: 'Select all' }))
    return opened
  }

  test('get a role, and the dialog says what it opens', async () => {
    const { user, sent } = await select({ [`POST ${MANAGE}roles/grant/`]: { changed: 2, unchanged: 0 } })
    await user.click(screen.getByRole('button', { name: 'Give a role' }))
    const dialog = within(await screen.findByRole('dialog', { name: 'Give a role to 2 people' }))
    await user.selectOptions(await dialog.findByRole('combobox', { name: 'Role' }), 'Staff')
    expect(dialog.getByText('Admissions')).toBeVisible()
    await user.type(await dialog.findByRole('combobox', { name: 'Department' }), 'Registry')
    const lastDay = within(dialog.getByRole('group', { name: 'Last day' }))
    await user.click(lastDay.getByRole('spinbutton', { name: /^month/ }))
    await user.keyboard('06302099')
    await user.type(dialog.getByRole('spinbutton', { name: 'Year' }), '3')
    await user.click(dialog.getByRole('button', { name: 'Give the role' }))
    expect(await screen.findByText('Role given to 2 people')).toBeVisible()
    const [body] = sent('POST', `${MANAGE}roles/grant/`)
    expect(body).toMatchObject({
      people: [7, 8],
      name: 'staff',
      start: new Date().toISOString().slice(0, 10),
      end: '2099-06-30',
      details: { department: 'Registry', year: 3 },
    })
    expect(screen.queryByRole('dialog')).not.toBeInTheDocument()
  })

  test('a department is one of those that exist, or a new one', async () => {
    const departments = [
      { value: 'Physics', people: 3 },
      { value: 'Music', people: 1 },
    ]
    const { user, sent } = await select({
      '/api/people/departments/': departments,
      [`POST ${MANAGE}roles/grant/`]: { changed: 2, unchanged: 0 },
    })
    await user.click(screen.getByRole('button', { name: 'Give a role' }))
    const dialog = within(await screen.findByRole('dialog'))
    await user.selectOptions(await dialog.findByRole('combobox', { name: 'Role' }), 'Student')
    await user.type(await dialog.findByRole('combobox', { name: 'Department' }), 'mus')
    await user.keyboard('{ArrowDown}{Enter}')
    await user.click(dialog.getByRole('button', { name: 'Give the role' }))
    await screen.findByText('Role given to 2 people')
    expect(sent('POST', `${MANAGE}roles/grant/`)[0].details).toEqual({ department: 'Music' })
  })

  test('one of many roles is found by typing', async () => {
    const many = Array.from({ length: 20 }, (_, number) => ({
      ...ROLES[0],
      name: `role${number}`,
      title: `Role ${number}`,
    }))
    const { user, sent } = await select({
      [`${MANAGE}roles/`]: many,
      [`POST ${MANAGE}roles/grant/`]: { changed: 2, unchanged: 0 },
    })
    await user.click(screen.getByRole('button', { name: 'Give a role' }))
    const dialog = within(await screen.findByRole('dialog'))
    await user.type(await dialog.findByRole('combobox', { name: 'Role' }), '17')
    await user.keyboard('{ArrowDown}{Enter}')
    await user.click(dialog.getByRole('button', { name: 'Give the role' }))
    await screen.findByText('Role given to 2 people')
    expect(sent('POST', `${MANAGE}roles/grant/`)[0].name).toBe('role17')
  })

  test('who cannot have it is named, and the dialog stays', async () => {
    const message = 'Bina Rao: This period overlaps another one.'
    const { user } = await select({
      [`POST ${MANAGE}roles/grant/`]: errorResponse(400, { errors: [{ field: 'people', message }] }),
    })
    await user.click(screen.getByRole('button', { name: 'Give a role' }))
    const dialog = within(await screen.findByRole('dialog'))
    await user.selectOptions(await dialog.findByRole('combobox', { name: 'Role' }), 'Student')
    await user.click(dialog.getByRole('button', { name: 'Give the role' }))
    expect(await screen.findByText(message)).toBeVisible()
    expect(screen.getByRole('dialog')).toBeVisible()
  })

  test('lose a role that one of them has', async () => {
    const { user, sent } = await select({ [`POST ${MANAGE}roles/end/`]: { changed: 1, unchanged: 1 } })
    await user.click(screen.getByRole('button', { name: 'End a role' }))
    await user.click(await screen.findByRole('button', { name: 'End the role' }))
    expect(await screen.findByText('1 role ended')).toBeVisible()
    expect(sent('POST', `${MANAGE}roles/end/`)).toEqual([{ people: [7, 8], name: 'student', why: '' }])
  })

  test('are deactivated after a question', async () => {
    const { user, sent } = await select({ [`POST ${MANAGE}deactivate/`]: { changed: 2, unchanged: 0 } })
    await user.click(screen.getByRole('button', { name: 'Deactivate' }))
    const question = within(await screen.findByRole('alertdialog', { name: 'Deactivate 2 people?' }))
    expect(question.getByText(/^Bina Rao and Chandra Das\. They are signed out everywhere/)).toBeVisible()
    await user.click(question.getByRole('button', { name: 'Deactivate' }))
    await waitFor(() => expect(sent('POST', `${MANAGE}deactivate/`)).toEqual([{ people: [7, 8] }]))
  })
})

test('a new person is created with a first role, and errors stand at their fields', async () => {
  const refused = errorResponse(400, {
    errors: [{ field: 'username', message: 'Another person has this username.' }],
  })
  let answer = refused
  const { user, sent } = open(
    {
      [`POST ${MANAGE}`]: () => answer,
      [`${MANAGE}9/`]: { ...PERSON, id: 9 },
      '/api/people/9/roles/': cursorOf(),
      '/api/people/9/roles/history/': cursorOf(),
    },
    'new',
  )
  await user.type(await screen.findByRole('textbox', { name: 'Name' }), 'Clara Díaz')
  await user.type(screen.getByRole('textbox', { name: 'Email' }), 'clara@example.edu')
  await user.type(screen.getByRole('textbox', { name: 'Username' }), 'clara')
  await user.selectOptions(screen.getByRole('combobox', { name: 'Role' }), 'Student')
  await user.click(screen.getByRole('button', { name: 'Create the person' }))
  expect(await screen.findByRole('textbox', { name: 'Username' })).toHaveAccessibleDescription(
    /Another person/,
  )
  answer = /** @type {any} */ (makeManaged({ id: 9, email: 'clara@example.edu' }))
  await user.click(screen.getByRole('button', { name: 'Create the person' }))
  expect(await screen.findByText('An email was sent to clara@example.edu')).toBeVisible()
  expect(sent('POST', MANAGE)[1]).toMatchObject({ username: 'clara', role: { name: 'student', details: {} } })
})

describe("a person's page", () => {
  const ROLE = {
    id: 3,
    name: 'student',
    title: 'Student',
    start: '2025-07-01',
    end: '2027-06-30',
    status: 'active',
    details: { department: 'Physics' },
  }
  const CHANGE = {
    id: 1,
    kind: 'granted',
    title: 'Student',
    start: '2025-07-01',
    end: null,
    by: { id: 1, display_name: 'Asha' },
    why: 'term',
    at: '2025-07-01T10:00:00Z',
  }
  const ANSWERS = {
    [`${MANAGE}7/`]: PERSON,
    '/api/people/7/roles/': cursorOf(ROLE),
    '/api/people/7/roles/history/': cursorOf(CHANGE),
  }

  test('shows roles and their history', async () => {
    open(ANSWERS, '7')
    expect(await screen.findByText('Jul 1, 2025 to Jun 30, 2027 · Physics')).toBeVisible()
    expect(await screen.findByText('by Asha · Since Jul 1, 2025 · term')).toBeVisible()
    expect(screen.getByText('Not set yet')).toBeVisible()
  })

  test('a role is ended, and changed', async () => {
    const { user, sent } = open(
      { ...ANSWERS, 'POST /api/people/roles/3/end/': ROLE, 'PATCH /api/people/roles/3/': ROLE },
      '7',
    )
    await user.click(await screen.findByRole('button', { name: 'End Student' }))
    await user.click(screen.getByRole('button', { name: 'End the role' }))
    expect(await screen.findByText('Role ended')).toBeVisible()
    expect(sent('POST', '/api/people/roles/3/end/')).toEqual([{ why: '' }])
    await user.click(screen.getByRole('button', { name: 'Change Student' }))
    const department = await screen.findByRole('combobox', { name: 'Department' })
    expect(department).toHaveValue('Physics')
    await user.clear(department)
    await user.type(department, 'Music')
    await user.click(screen.getByRole('button', { name: 'Save' }))
    await waitFor(() =>
      expect(sent('PATCH', '/api/people/roles/3/')).toEqual([{ why: '', details: { department: 'Music' } }]),
    )
  })

  test('the email is sent again', async () => {
    const { user } = open({ ...ANSWERS, [`POST ${MANAGE}7/invite/`]: {} }, '7')
    await user.click(await screen.findByRole('button', { name: 'Send the email to set a password' }))
    expect(await screen.findByText('An email was sent to bina@example.edu')).toBeVisible()
  })

  test('a protected person cannot be changed', async () => {
    open({ ...ANSWERS, [`${MANAGE}7/`]: { ...PERSON, may_change: false } }, '7')
    expect(await screen.findByText(/Only superusers change people/)).toBeVisible()
    expect(
      screen.queryByRole('button', { name: /Deactivate|Change|Give a role|End/ }),
    ).not.toBeInTheDocument()
  })

  test('nobody is there', async () => {
    open({}, '999')
    expect(await screen.findByRole('heading', { name: 'Person not found' })).toBeVisible()
  })
})

describe('the import', () => {
  const IMPORT = `${MANAGE}imports/5/`
  const COUNTS = { new: 2, changed: 0, unchanged: 1 }
  const READY = {
    id: 5,
    name: 'people.csv',
    updates: false,
    state: 'ready',
    rows: 3,
    problem_count: 0,
    columns: [],
    progress: null,
    summary: {
      people: COUNTS,
      roles: { new: 1, changed: 0, unchanged: 0 },
      new_people: [{ username: 'asha', display_name: 'Asha', email: 'asha@example.edu' }],
      differences: [],
      difference_count: 0,
    },
  }

  test('a file is uploaded, shown and confirmed', async () => {
    let state = 'ready'
    const { user, sent } = open(
      {
        [`POST ${MANAGE}imports/`]: READY,
        [IMPORT]: () => ({ ...READY, state }),
        [`POST ${IMPORT}confirm/`]: () => ({ ...READY, state: (state = 'done') }),
      },
      'import',
    )
    const file = new File(['username'], 'people.csv', { type: 'text/csv' })
    await user.click(screen.getByRole('checkbox', { name: /Also change people/ }))
    await user.upload(screen.getByLabelText('CSV file'), file)
    expect(await screen.findByRole('heading', { name: /people\.csv can be imported/ })).toBeVisible()
    expect(sent('POST', `${MANAGE}imports/`)).toEqual([{ updates: 'true', file: expect.any(File) }])
    expect(screen.getByRole('row', { name: 'People 2 0 1' })).toBeVisible()
    await user.click(screen.getByRole('button', { name: 'Import 3 changes' }))
    expect(await screen.findByRole('heading', { name: /people\.csv was imported/ })).toBeVisible()
  })

  test('a file that is refused is explained at its field', async () => {
    const errors = [{ field: 'file', message: 'The file is not in UTF-8.' }]
    const { user } = open({ [`POST ${MANAGE}imports/`]: errorResponse(400, { errors }) }, 'import')
    const field = await screen.findByLabelText('CSV file')
    await user.upload(field, new File(['x'], 'people.csv', { type: 'text/csv' }))
    await waitFor(() => expect(field).toHaveAccessibleDescription(/The file is not in UTF-8\./))
    expect(field).toBeInvalid()
  })

  test('every problem is shown, page by page and by column', async () => {
    const problem = { line: 7, column: 'role', found: "'king'", allowed: 'student, staff' }
    const columns = [
      { column: 'role', problems: 500 },
      { column: 'email', problems: 1 },
    ]
    const pageOf = (results, page = 1, count = 501) => ({ count, page, page_size: 50, results })
    const url = (query) => `${IMPORT}problems/?${query}&page_size=50`
    const { user } = open(
      {
        [IMPORT]: { ...READY, state: 'invalid', rows: 20000, problem_count: 501, columns, summary: null },
        [url('column=&page=1')]: pageOf(Array.from({ length: 50 }, () => problem)),
        [url('column=&page=2')]: pageOf([{ ...problem, line: 99 }], 2),
        [url('column=email&page=1')]: pageOf([{ ...problem, column: 'email', found: 'x' }], 1, 1),
      },
      'import?id=5',
    )
    expect(await screen.findByRole('heading', { name: /501 problems in the file/ })).toBeVisible()
    expect(screen.getByText(/20,000 rows read/)).toBeVisible()
    await user.click(await screen.findByRole('button', { name: 'Next' }))
    expect(await screen.findByText('99')).toBeVisible()
    await user.selectOptions(screen.getByRole('combobox', { name: 'Column' }), 'email (1)')
    expect(await screen.findByText('1 to 1 of 1')).toBeVisible()
    expect(screen.queryByRole('button', { name: /^Import/ })).not.toBeInTheDocument()
  })

  test('progress is shown until the worker is done', async () => {
    const answers = [
      { ...READY, state: 'importing', progress: { step: 'Creating people', done: 1000, total: 2000 } },
      { ...READY, state: 'done' },
    ]
    open({ [IMPORT]: () => (answers.length > 1 ? answers.shift() : answers[0]) }, 'import?id=5')
    expect(await screen.findByText('Creating people: 1,000 of 2,000')).toBeVisible()
    expect(screen.getByRole('progressbar', { name: 'Creating people' })).toHaveAttribute('max', '2000')
    expect(await screen.findByRole('heading', { name: /was imported/ }, { timeout: 4000 })).toBeVisible()
  })

  test('a portal that has changed since the check writes nothing, and offers to check again', async () => {
    const { user } = open(
      { [IMPORT]: { ...READY, state: 'changed' }, [`POST ${IMPORT}check/`]: READY },
      'import?id=5',
    )
    expect(await screen.findByText(/Nothing was written\.$/)).toBeVisible()
    await user.click(screen.getByRole('button', { name: 'Check the file again' }))
    expect(await screen.findByRole('heading', { name: /can be imported|has changed/ })).toBeVisible()
  })

  test('a file that is too large is refused with the reason', async () => {
    const { user } = open(
      { [`POST ${MANAGE}imports/`]: errorResponse(413, { detail: 'The file has more than 5 MB.' }) },
      'import',
    )
    await user.upload(screen.getByLabelText('CSV file'), new File(['x'], 'people.csv', { type: 'text/csv' }))
    expect(await screen.findByRole('alert')).toHaveTextContent('The file has more than 5 MB.')
  })

  test('an import that is not there any more leads to a new upload, which is then shown', async () => {
    const next = { ...READY, id: 6 }
    const { user } = open(
      { [IMPORT]: errorResponse(404), [`POST ${MANAGE}imports/`]: next, [`${MANAGE}imports/6/`]: next },
      'import?id=5',
    )
    expect(await screen.findByText(/This import no longer exists/)).toBeVisible()
    await user.upload(screen.getByLabelText('CSV file'), new File(['x'], 'people.csv', { type: 'text/csv' }))
    expect(await screen.findByRole('heading', { name: /people\.csv can be imported/ })).toBeVisible()
  })

  test('a file that could not be discarded stays on the page, with the reason', async () => {
    const { user } = open({ [IMPORT]: READY, [`DELETE ${IMPORT}`]: errorResponse(500) }, 'import?id=5')
    await user.click(await screen.findByRole('button', { name: 'Discard the file' }))
    expect(await screen.findByText(/The portal has a problem/)).toBeVisible()
    expect(screen.getByRole('heading', { name: /people\.csv can be imported/ })).toBeVisible()
  })
})
