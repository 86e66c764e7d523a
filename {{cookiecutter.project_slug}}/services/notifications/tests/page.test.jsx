import { errorResponse, makePerson, makePortal, mockApi, renderInPortal } from '@portal/testing'
import { screen, waitFor, within } from '@testing-library/react'
import { Route, Routes, useLocation } from 'react-router'
import Notifications from '../frontend/pages/notifications/index.jsx'

const LIST = '/api/notifications/?page_size=50'
const UNREAD = `${LIST}&unread=1`
const COUNT = '/api/notifications/count/'
const READ = 'POST /api/notifications/read/'
const APPS = [
  { name: 'polls', title: 'Polls', description: '', icon: 'chart' },
  { name: 'library', title: 'Library', description: '', icon: 'book' },
]

/** Make a time of today, or of an earlier day. Later ids are newer. */
function timeOf(id, daysAgo = 0) {
  const time = new Date()
  time.setHours(0, 0, 0, id)
  time.setDate(time.getDate() - daysAgo)
  return time.toISOString()
}

function make(id, { daysAgo = 0, app = 'polls', ...rest } = {}) {
  const created_at = timeOf(id, daysAgo)
  return {
    id,
    app,
    app_title: `The ${app}`,
    app_icon: 'chart',
    kind: `${app}.opened`,
    title: `Title ${id}`,
    body: '',
    link: `/${app}/${id}`,
    created_at,
    read: false,
    ...rest,
  }
}

const listOf = (...results) => ({ next: null, results })

function OtherPage() {
  const { pathname, search } = useLocation()
  return <p>at {pathname + search}</p>
}

function Search() {
  return <p>search {useLocation().search}</p>
}

function open(answers, search = '') {
  const requests = mockApi({ [COUNT]: { unread: 2 }, ...answers })
  const view = renderInPortal(
    <Routes>
      <Route
        path="notifications/*"
        element={
          <>
            <Notifications />
            <Search />
          </>
        }
      />
      <Route path="*" element={<OtherPage />} />
    </Routes>,
    {
      location: `/notifications${search}`,
      portal: makePortal({ person: makePerson(), unread: 2, apps: APPS }),
    },
  )
  return {
    ...view,
    requests,
    sent: (method) => requests.filter((request) => request.method === method),
    titles: () => view.container.querySelectorAll('.notification-title'),
  }
}

const textsOf = (elements) => [...elements].map((element) => element.textContent)

test('notifications are shown by day and within a day by app', async () => {
  open({
    [LIST]: listOf(
      make(9, { read: true }),
      make(8, { app: 'library', body: 'At the desk' }),
      make(7),
      make(6, { daysAgo: 1 }),
      make(5, { daysAgo: 400, app: 'room_booking' }),
    ),
  })
  const today = within(await screen.findByRole('region', { name: 'Today' }))
  expect(textsOf(today.getAllByRole('heading', { level: 3 }))).toEqual([
    expect.stringContaining('The polls'),
    expect.stringContaining('The library'),
  ])
  expect(textsOf(today.getAllByRole('link'))).toEqual(['Title 9', 'Unread: Title 7', 'Unread: Title 8'])
  expect(today.getByText('At the desk')).toBeVisible()
  expect(within(screen.getByRole('region', { name: 'Yesterday' })).getByRole('link')).toBeVisible()
  const year = new Date(timeOf(5, 400)).getFullYear()
  expect(screen.getByRole('region', { name: new RegExp(`^\\w+day, .*${year}$`) })).toBeVisible()
  expect(screen.getByRole('heading', { name: 'The room_booking' })).toBeVisible()
  expect(await screen.findByText('2 unread')).toBeVisible()
})

test('opening a notification marks it as read and goes to its page', async () => {
  const { user, sent } = open({ [LIST]: listOf(make(1)), [READ]: { unread: 1 } })
  await user.click(await screen.findByRole('link', { name: 'Unread: Title 1' }))
  expect(await screen.findByText('at /polls/1')).toBeVisible()
  expect(sent('POST')).toMatchObject([{ body: { ids: [1] } }])
})

test('a notification that was read is not marked again', async () => {
  const { user, sent } = open({ [LIST]: listOf(make(1, { read: true })) })
  await user.click(await screen.findByRole('link', { name: 'Title 1' }))
  expect(await screen.findByText('at /polls/1')).toBeVisible()
  expect(sent('POST')).toEqual([])
})

test('marking as read shows at once, and the title gets the focus', async () => {
  let finish
  const { user } = open({
    [LIST]: listOf(make(2), make(1)),
    [READ]: () => new Promise((resolve) => (finish = resolve)),
  })
  await user.click(await screen.findByRole('button', { name: 'Mark as read: Title 2' }))
  const title = await screen.findByRole('link', { name: 'Title 2' })
  expect(title).toHaveFocus()
  expect(screen.getByText('1 unread')).toBeVisible()
  expect(finish).toBeDefined()
})

test('a mark that the server refuses is taken back, with an explanation', async () => {
  const { user } = open({ [LIST]: listOf(make(1)), [READ]: errorResponse(503, { request_id: 'r-1' }) })
  await user.click(await screen.findByRole('button', { name: 'Mark as read: Title 1' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('r-1')
  expect(screen.getByRole('link', { name: 'Unread: Title 1' })).toBeVisible()
  expect(screen.getByText('2 unread')).toBeVisible()
})

test('all notifications can be marked as read', async () => {
  let read = false
  const { user, sent } = open({
    [LIST]: () => listOf(make(2, { read }), make(1, { read, daysAgo: 1 })),
    [COUNT]: () => ({ unread: read ? 0 : 2 }),
    [READ]: () => {
      read = true
      return { unread: 0 }
    },
  })
  const button = await screen.findByRole('button', { name: 'Mark all as read' })
  await user.click(button)
  expect(await screen.findByText('Nothing unread')).toBeVisible()
  expect(screen.queryByRole('link', { name: /^Unread:/ })).not.toBeInTheDocument()
  expect(button).toHaveFocus()
  await user.click(button)
  expect(sent('POST')).toMatchObject([{ body: { all: true } }])
})

test('those of a day and of earlier days can be marked as read', async () => {
  const yesterday = make(2, { daysAgo: 1 })
  const { user, sent } = open({
    [LIST]: listOf(make(3), yesterday, make(1, { daysAgo: 2 })),
    [READ]: () => new Promise(() => {}),
  })
  const region = within(await screen.findByRole('region', { name: 'Yesterday' }))
  await user.click(region.getByRole('button', { name: 'Mark these and earlier as read' }))
  await waitFor(() => expect(screen.getAllByRole('link', { name: /^Unread:/ })).toHaveLength(1))
  expect(screen.getByRole('link', { name: 'Unread: Title 3' })).toBeVisible()
  expect(sent('POST')).toMatchObject([{ body: { until: yesterday.created_at } }])
})

test('a deleted notification disappears at once, and the next one gets the focus', async () => {
  const left = [make(3), make(2), make(1)]
  const { user, sent, titles } = open({
    [LIST]: () => listOf(...left),
    'DELETE /api/notifications/2/': () => {
      left.splice(1, 1)
      return null
    },
    'DELETE /api/notifications/1/': errorResponse(404), // another tab was faster
    'DELETE /api/notifications/3/': null,
  })
  await user.click(await screen.findByRole('button', { name: 'Delete: Title 2' }))
  await waitFor(() => expect(textsOf(titles())).toEqual(['Unread: Title 3', 'Unread: Title 1']))
  expect(screen.getByRole('link', { name: 'Unread: Title 1' })).toHaveFocus()
  expect(await screen.findByText('Notification deleted.')).toBeInTheDocument()
  left.pop()
  await user.click(screen.getByRole('button', { name: 'Delete: Title 1' }))
  await waitFor(() => expect(screen.getByRole('link', { name: 'Unread: Title 3' })).toHaveFocus())
  left.pop()
  await user.click(screen.getByRole('button', { name: 'Delete: Title 3' }))
  expect(await screen.findByText('No notifications yet')).toBeVisible()
  expect(screen.getByRole('heading', { level: 1 })).toHaveFocus()
  expect(screen.queryByRole('alert')).not.toBeInTheDocument()
  expect(sent('DELETE')).toHaveLength(3)
})

test('a deletion that fails is taken back', async () => {
  const { user } = open({ [LIST]: listOf(make(1)), 'DELETE /api/notifications/1/': errorResponse(500) })
  await user.click(await screen.findByRole('button', { name: 'Delete: Title 1' }))
  expect(await screen.findByRole('alert')).toBeVisible()
  expect(screen.getByRole('link', { name: 'Unread: Title 1' })).toBeVisible()
})

test('a notification without a link has no link', async () => {
  const { user, sent } = open({ [LIST]: listOf(make(1, { link: '' })), [READ]: { unread: 1 } })
  expect(await screen.findByText('Title 1')).toBeVisible()
  expect(screen.queryByRole('link', { name: /Title 1/ })).not.toBeInTheDocument()
  await user.click(screen.getByRole('button', { name: 'Mark as read: Title 1' }))
  await waitFor(() => expect(sent('POST')).toMatchObject([{ body: { ids: [1] } }]))
})

test('the unread ones are shown by an address of their own', async () => {
  const { user } = open({ [LIST]: listOf(make(2, { read: true }), make(1)), [UNREAD]: listOf(make(1)) })
  await screen.findByText('Title 2')
  await user.click(screen.getByRole('link', { name: 'Unread 2' }))
  await waitFor(() => expect(screen.queryByText('Title 2')).not.toBeInTheDocument())
  expect(screen.getByRole('link', { name: 'Unread: Title 1' })).toBeVisible()
  expect(screen.getByText('search ?unread=1')).toBeVisible()
  await user.click(screen.getByRole('link', { name: 'All' }))
  expect(await screen.findByText('Title 2')).toBeVisible()
})

test('those of one app are shown by an address of their own', async () => {
  const { user } = open({
    [LIST]: listOf(make(3), make(2, { app: 'library' })),
    [`${LIST}&app=library`]: listOf(make(2, { app: 'library' }), make(1, { app: 'library' })),
  })
  await screen.findByRole('link', { name: 'Unread: Title 3' })
  const apps = within(screen.getByRole('navigation', { name: 'Filter by app' }))
  await user.click(apps.getByRole('link', { name: 'The library' }))
  expect(await screen.findByRole('link', { name: 'Unread: Title 1' })).toBeVisible()
  expect(screen.queryByText('Title 3')).not.toBeInTheDocument()
  expect(screen.getByText('search ?app=library')).toBeVisible()
  expect(textsOf(apps.getAllByRole('link'))).toEqual(['All apps', 'The library', 'The polls'])
})

test('an address with an impossible name of an app shows all', async () => {
  open({ [LIST]: listOf(make(1)) }, `?app=${'x'.repeat(41)}`)
  expect(await screen.findByRole('link', { name: 'Unread: Title 1' })).toBeVisible()
})

test('with notifications of one app only, there is no filter by app', async () => {
  open({ [LIST]: listOf(make(2), make(1)) })
  await screen.findByRole('link', { name: 'Unread: Title 1' })
  expect(screen.queryByRole('navigation', { name: 'Filter by app' })).not.toBeInTheDocument()
})

test('more are fetched on demand', async () => {
  const { user } = open({
    [LIST]: { next: 'http://server.example/api/notifications/?cursor=2', results: [make(2)] },
    '/api/notifications/?cursor=2': listOf(make(1, { daysAgo: 1 })),
  })
  await user.click(await screen.findByRole('button', { name: 'Show more' }))
  expect(await screen.findByRole('region', { name: 'Yesterday' })).toBeVisible()
  expect(screen.queryByRole('button', { name: 'Show more' })).not.toBeInTheDocument()
})

test.each([
  ['', LIST, 'No notifications yet'],
  ['?unread=1', UNREAD, 'Nothing unread'],
  ['?app=library', `${LIST}&app=library`, 'Nothing from Library'],
  ['?app=library&unread=1', `${UNREAD}&app=library`, 'Nothing unread from Library'],
])('an empty list says why it is empty (%p)', async (search, path, title) => {
  open({ [LIST]: listOf(), [path]: listOf() }, search)
  expect(await screen.findByRole('heading', { level: 2, name: title })).toBeVisible()
})

test('a list that cannot be read can be tried again', async () => {
  let answer = errorResponse(503)
  const { user } = open({ [LIST]: () => answer })
  const button = await screen.findByRole('button', { name: 'Try again' })
  answer = listOf(make(1))
  await user.click(button)
  expect(await screen.findByRole('link', { name: 'Unread: Title 1' })).toBeVisible()
  expect(screen.queryByRole('alert')).not.toBeInTheDocument()
})
