import { errorResponse, fakeSockets, jsonResponse, makePerson, mockApi, renderPage } from '@portal/testing'
import { screen, within } from '@testing-library/react'
import Announcements from '../frontend/index.jsx'

const LIST = '/api/announcements/'
const OPTIONS = `${LIST}options/`
const DRAFT = `${LIST}draft/`
const PREVIEW = `POST ${LIST}preview/`
const ROLES = [
  { name: 'student', title: 'Student' },
  { name: 'faculty', title: 'Faculty' },
]
const REFUSED = { composing: 'refused', roles: ROLES }
const ALLOWED = { composing: 'allowed', roles: ROLES }
const paragraph = (text) => [{ type: 'paragraph', children: [{ type: 'text', text }] }]

function makeAnnouncement(differences = {}) {
  return {
    id: 7,
    title: 'Library',
    summary: 'It is closed.',
    author: 'Asha Verma',
    sent_at: '2026-11-01T00:00:00Z',
    expires_at: null,
    ...differences,
  }
}

function makeManaged(differences = {}) {
  return {
    ...makeAnnouncement(),
    state: 'sent',
    roles: [],
    created_at: '2026-11-01T00:00:00Z',
    send_at: '2026-11-01T00:00:00Z',
    cancelled_at: null,
    delivered: 1234,
    read: 567,
    ...differences,
  }
}

let sockets
beforeEach(() => {
  sockets = fakeSockets()
})

const listOf = (...results) => ({ next: null, previous: null, results })

function render(answers, path = '') {
  const requests = mockApi({ [OPTIONS]: REFUSED, ...answers })
  document.cookie = 'intranet_csrf=token'
  const view = renderPage(Announcements, { app: 'announcements', path, portal: { person: makePerson() } })
  return { ...view, requests, sent: (method) => requests.filter((request) => request.method === method) }
}

const renderComposer = (answers = {}) =>
  render(
    {
      [OPTIONS]: ALLOWED,
      [`${LIST}reach/?roles=`]: { people: 1234 },
      [`${LIST}reach/?roles=student`]: { people: 1 },
      [`${LIST}reach/?roles=faculty%2Cstudent`]: { people: 20 },
      [PREVIEW]: ({ text }) => ({ tree: paragraph(`seen: ${text}`) }),
      [DRAFT]: jsonResponse(204),
      [`PUT ${DRAFT}`]: (body) => ({ ...body, saved_at: '2026-11-26T00:00:00Z' }),
      [`DELETE ${DRAFT}`]: jsonResponse(204),
      [`${LIST}all/?scheduled=true`]: listOf(),
      [`${LIST}all/?scheduled=false`]: listOf(makeManaged()),
      ...answers,
    },
    'new',
  )

describe('reading', () => {
  test('the list links to each announcement, whose page marks the notification as read', async () => {
    const { user, sent } = render({
      [LIST]: listOf(makeAnnouncement()),
      [`${LIST}7/`]: { ...makeAnnouncement(), state: 'sent', message: 41, tree: paragraph('Closed') },
      'POST /api/notifications/read/': { unread: 0 },
    })
    await user.click(await screen.findByRole('link', { name: /Library.*It is closed/ }))
    expect(await screen.findByRole('heading', { name: 'Library', level: 1 })).toBeVisible()
    expect(screen.getByText('Closed')).toBeVisible()
    expect(sent('POST')).toMatchObject([{ path: '/api/notifications/read/', body: { ids: [41] } }])
  })

  test('an empty list says so, and readers see nothing about writing', async () => {
    render({ [LIST]: listOf() })
    expect(await screen.findByText('No announcements')).toBeVisible()
    expect(screen.queryByRole('link', { name: 'New announcement' })).not.toBeInTheDocument()
  })

  test('a new one appears by itself', async () => {
    const results = []
    render({ [LIST]: () => listOf(...results) })
    await screen.findByText('No announcements')
    results.push(makeAnnouncement())
    await sockets.update('announcements:list')
    expect(await screen.findByRole('link', { name: /Library/ })).toBeVisible()
  })

  test('a list that fails can be requested again', async () => {
    let answer = errorResponse(500)
    const { user } = render({ [LIST]: () => answer })
    answer = jsonResponse(200, listOf(makeAnnouncement()))
    await user.click(await screen.findByRole('button', { name: 'Try again' }))
    expect(await screen.findByText('Library')).toBeVisible()
  })

  test('the tree is shown as elements, and HTML in it as text', async () => {
    const text = (value) => ({ type: 'text', text: value })
    const tree = [
      { type: 'heading', level: 2, children: [text('Hours')] },
      {
        type: 'list',
        ordered: true,
        start: 3,
        children: [{ type: 'item', children: [{ type: 'strong', children: [text('Monday')] }] }],
      },
      {
        type: 'paragraph',
        children: [
          text('<img src=x onerror=alert(1)>'),
          { type: 'break' },
          { type: 'link', href: '/announcements/9', children: [text('page')] },
          { type: 'link', href: '/admin/', children: [text('other path')] },
          { type: 'link', href: 'https://example.edu', children: [text('site')] },
        ],
      },
      { type: 'code_block', text: 'a < b' },
      { type: 'quote', children: paragraph('said') },
      { type: 'rule' },
      { type: 'unknown', children: [text('newer')] },
    ]
    const { container } = render({ [`${LIST}7/`]: { ...makeAnnouncement(), state: 'sent', tree } }, '7')
    expect(await screen.findByRole('heading', { name: 'Hours', level: 2 })).toBeVisible()
    expect(container.querySelector('ol').start).toBe(3)
    expect(screen.getByText('Monday').tagName).toBe('STRONG')
    expect(container.querySelector('img')).toBeNull()
    expect(container).toHaveTextContent('<img src=x onerror=alert(1)>')
    expect(screen.getByRole('link', { name: 'page' })).toHaveAttribute('href', '/announcements/9')
    expect(screen.getByRole('link', { name: 'other path' })).toHaveAttribute('href', '/admin/')
    expect(screen.getByRole('link', { name: 'site' })).toHaveAttribute('rel', 'noopener noreferrer')
    expect(screen.getByText('newer')).toBeVisible()
  })

  test.each([
    ['expired', { expires_at: '2026-11-02T00:00:00Z' }, /This announcement expired/],
    ['cancelled', { sent_at: null }, /was cancelled/],
    [
      'scheduled',
      { sent_at: null, send_at: '2099-01-01T00:00:00Z' },
      /Only those who write announcements see this/,
    ],
  ])('one that is %s says so', async (state, fields, message) => {
    render({ [`${LIST}7/`]: { ...makeAnnouncement(fields), state, tree: paragraph('Closed') } }, '7')
    expect(await screen.findByText(message)).toBeVisible()
  })

  test('one that is for others is not found', async () => {
    render({}, '7')
    expect(await screen.findByRole('heading', { name: 'Announcement not found' })).toBeVisible()
    expect(screen.getByRole('link', { name: 'All announcements' })).toHaveAttribute('href', '/announcements')
  })
})

describe('writing', () => {
  test('it is sent now after a last question that names the number of people', async () => {
    const { user, sent } = renderComposer({ [`POST ${LIST}`]: jsonResponse(201, makeManaged()) })
    await user.type(await screen.findByLabelText('Title'), 'Library')
    await user.type(screen.getByLabelText('Text'), 'Closed')
    expect(await screen.findByText('Reaches 1,234 people today.')).toBeVisible()
    await user.click(screen.getByRole('button', { name: 'Send now' }))
    expect(sent('POST').filter(({ path }) => path === LIST)).toEqual([])
    await user.click(screen.getByRole('button', { name: 'Send to 1,234 people' }))
    expect(await screen.findByText('The announcement is on its way.')).toBeVisible()
    expect(sent('POST').find(({ path }) => path === LIST).body).toEqual({
      title: 'Library',
      text: 'Closed',
      roles: [],
      send_at: null,
      expires_at: null,
    })
  })

  test('it is scheduled for some roles, and the count follows the choice', async () => {
    const { user, sent } = renderComposer({ [`POST ${LIST}`]: jsonResponse(201, makeManaged()) })
    await user.type(await screen.findByLabelText('Title'), 'Library')
    await user.type(screen.getByLabelText('Text'), 'Closed')
    await user.click(screen.getByLabelText('People with one of these roles'))
    expect(screen.getByText('Choose at least one role.')).toBeVisible()
    expect(screen.getByRole('button', { name: 'Send now' })).toBeDisabled()
    await user.click(screen.getByLabelText('Student'))
    expect(await screen.findByText('Reaches 1 person today.')).toBeVisible()
    await user.click(screen.getByLabelText('Faculty'))
    expect(await screen.findByText('Reaches 20 people today.')).toBeVisible()
    await user.click(screen.getByLabelText('Later'))
    await user.click(screen.getByRole('button', { name: 'Schedule' }))
    expect(await screen.findByText('Choose when it is sent.')).toBeVisible()
    expect(sent('POST').filter(({ path }) => path === LIST)).toEqual([])
    const sendAt = within(screen.getByRole('group', { name: 'Send at' }))
    await user.click(sendAt.getByRole('spinbutton', { name: /^month/ }))
    await user.keyboard('113020990600PM')
    expect(screen.queryByText('Choose when it is sent.')).not.toBeInTheDocument()
    await user.click(screen.getByRole('button', { name: 'Schedule' }))
    expect(await screen.findByText('The announcement is scheduled.')).toBeVisible()
    expect(sent('POST').find(({ path }) => path === LIST).body).toMatchObject({
      roles: ['student', 'faculty'],
      send_at: '2099-11-30T18:00:00.000Z',
    })
  })

  test('the preview shows what the server makes of the text, after a pause', async () => {
    const { user, sent } = renderComposer()
    await user.type(await screen.findByLabelText('Text'), '**a**')
    const preview = screen.getByRole('region', { name: 'Preview' })
    expect(await within(preview).findByText('seen: **a**')).toBeVisible()
    expect(sent('POST')).toHaveLength(1)
  })

  test('what was typed is kept as a draft until it is sent', async () => {
    const draft = {
      title: 'Kept',
      text: 'Half',
      everyone: false,
      roles: ['student'],
      saved_at: '2026-11-26T00:00:00Z',
    }
    const { user, sent } = renderComposer({
      [DRAFT]: draft,
      [`${LIST}reach/?roles=student`]: { people: 1 },
      [`POST ${LIST}`]: jsonResponse(201, makeManaged()),
    })
    expect(await screen.findByDisplayValue('Kept')).toBeVisible()
    expect(screen.getByLabelText('Student')).toBeChecked()
    await user.type(screen.getByLabelText('Text'), 'way')
    expect(await screen.findByText('Draft saved', {}, { timeout: 3_000 })).toBeVisible()
    expect(sent('PUT').at(-1).body).toMatchObject({ title: 'Kept', text: 'Halfway' })
    await user.click(screen.getByRole('button', { name: 'Send now' }))
    await user.click(screen.getByRole('button', { name: 'Send to 1 person' }))
    await screen.findByText('The announcement is on its way.')
    expect(sent('DELETE')).toHaveLength(1)
  })

  test('an error of a field is shown there, and nothing that was typed is lost', async () => {
    const errors = [
      { field: 'title', message: 'Too long.' },
      { field: 'roles', message: "Unknown role 'pope'." },
      { field: 'text', message: 'Nested too deep.' },
    ]
    const { user } = renderComposer({
      [`POST ${LIST}`]: errorResponse(400, { errors }),
      [PREVIEW]: errorResponse(400, { errors: [errors[2]] }),
    })
    await user.type(await screen.findByLabelText('Title'), 'Library')
    await user.type(screen.getByLabelText('Text'), 'Closed')
    await user.click(screen.getByRole('button', { name: 'Send now' }))
    await user.click(screen.getByRole('button', { name: /^Send/ }))
    expect(await screen.findByText('Too long.')).toBeVisible()
    expect(screen.getByLabelText('Title')).toHaveAttribute('aria-invalid', 'true')
    expect(screen.getByText("Unknown role 'pope'.")).toBeVisible()
    const preview = screen.getByRole('region', { name: 'Preview' })
    expect(await within(preview).findByText('Nested too deep.')).toBeVisible()
    expect(screen.getByLabelText('Text')).toHaveAccessibleDescription(/Nested too deep/)
    expect(screen.getByLabelText('Text')).toHaveValue('Closed')
  })

  test('any other failure is explained, and can be repeated', async () => {
    const { user } = renderComposer({ [`POST ${LIST}`]: errorResponse(503) })
    await user.type(await screen.findByLabelText('Title'), 'Library')
    await user.type(screen.getByLabelText('Text'), 'Closed')
    await user.click(screen.getByRole('button', { name: 'Send now' }))
    await user.click(screen.getByRole('button', { name: /^Send/ }))
    expect(await screen.findByText(/The portal has a problem/)).toBeVisible()
    expect(screen.getByRole('button', { name: 'Send now' })).toBeEnabled()
  })

  test.each([
    ['refused', 'You cannot write announcements'],
    ['intranet_site', 'You can write announcements on the intranet site only.'],
    ['second_factor', 'use your second factor'],
  ])('who lacks something (%s) sees what', async (composing, message) => {
    render({ [OPTIONS]: { composing, roles: ROLES } }, 'new')
    expect(await screen.findByText(message)).toBeVisible()
    expect(screen.queryByLabelText('Title')).not.toBeInTheDocument()
  })
})

describe('scheduled and sent', () => {
  const answers = (...scheduled) => ({
    [OPTIONS]: ALLOWED,
    [`${LIST}all/?scheduled=true`]: () => listOf(...scheduled),
    [`${LIST}all/?scheduled=false`]: listOf(
      makeManaged(),
      makeManaged({ id: 8, state: 'cancelled', delivered: null }),
    ),
  })
  const waiting = makeManaged({ id: 9, title: 'Later', state: 'scheduled', sent_at: null, delivered: null })

  test('the figures are there in words and as a meter', async () => {
    render(answers(), 'all')
    expect(await screen.findByText('Nothing waits to be sent.')).toBeVisible()
    expect(await screen.findByText('1,234 people')).toBeVisible()
    expect(screen.getByText(/567 have read it/)).toBeVisible()
    expect(screen.getByRole('meter', { name: 'Read' })).toHaveAttribute('value', '567')
  })

  test('a scheduled one can be cancelled', async () => {
    const scheduled = [waiting]
    const { user, sent } = render(
      {
        ...answers(),
        [`${LIST}all/?scheduled=true`]: () => listOf(...scheduled),
        [`POST ${LIST}9/cancel/`]: () => scheduled.pop(),
      },
      'all',
    )
    await user.click(await screen.findByRole('button', { name: 'Cancel “Later”' }))
    expect(await screen.findByText('Nothing waits to be sent.')).toBeVisible()
    expect(sent('POST')).toHaveLength(1)
  })

  const source = {
    title: 'Later',
    text: 'Closed',
    roles: ['student'],
    send_at: '2099-11-30T18:00:00Z',
    expires_at: null,
  }
  const editing = {
    ...answers(waiting),
    [`${LIST}9/source/`]: source,
    [`${LIST}reach/?roles=student`]: { people: 1 },
    [PREVIEW]: ({ text }) => ({ tree: paragraph(text) }),
  }

  test('a scheduled one can be changed', async () => {
    const { user, sent } = render({ ...editing, [`PUT ${LIST}9/source/`]: waiting }, 'all')
    await user.click(await screen.findByRole('link', { name: 'Edit “Later”' }))
    expect(await screen.findByRole('heading', { name: 'Edit announcement' })).toBeVisible()
    expect(await screen.findByDisplayValue('Closed')).toBeVisible()
    expect(screen.getByLabelText('Later')).toBeChecked()
    expect(screen.getByLabelText('Student')).toBeChecked()
    await user.type(screen.getByLabelText('Text'), ' on Monday')
    await user.click(screen.getByRole('button', { name: 'Save' }))
    expect(await screen.findByText('The announcement is scheduled.')).toBeVisible()
    expect(sent('PUT')).toMatchObject([
      { path: `${LIST}9/source/`, body: { ...source, text: 'Closed on Monday' } },
    ])
  })

  test('leaving without saving asks first', async () => {
    const { user } = render(editing, '9/edit')
    await user.type(await screen.findByLabelText('Text'), '!')
    await user.click(screen.getByRole('link', { name: 'All announcements' }))
    expect(await screen.findByRole('alertdialog', { name: 'Leave without saving?' })).toBeVisible()
    await user.click(screen.getByRole('button', { name: 'Stay' }))
    expect(screen.getByLabelText('Text')).toHaveValue('Closed!')
  })

  test('one that has left while it was changed says so, and keeps what was typed', async () => {
    const detail = 'This announcement was sent or cancelled before.'
    const { user } = render(
      { ...editing, [`PUT ${LIST}9/source/`]: errorResponse(409, { detail }) },
      '9/edit',
    )
    await user.type(await screen.findByLabelText('Text'), '!')
    await user.click(screen.getByRole('button', { name: 'Save' }))
    expect(await screen.findByText(detail)).toBeVisible()
    expect(screen.getByLabelText('Text')).toHaveValue('Closed!')
  })

  test('one that has left meanwhile says that it is too late', async () => {
    const { user } = render(
      {
        ...answers(waiting),
        [`POST ${LIST}9/cancel/`]: errorResponse(409, {
          detail: 'This announcement was sent or cancelled before.',
        }),
      },
      'all',
    )
    await user.click(await screen.findByRole('button', { name: 'Cancel “Later”' }))
    expect(await screen.findByText('This announcement was sent or cancelled before.')).toBeVisible()
  })

  test('readers are told that it is not for them', async () => {
    render({}, 'all')
    expect(await screen.findByText('You cannot write announcements')).toBeVisible()
  })
})
