import { errorResponse, fakeSockets, makePerson, makePortal, mockApi, renderInPortal } from '@portal/testing'
import { act, fireEvent, screen, waitFor } from '@testing-library/react'
import * as panelModule from '../../../services/notifications/frontend/Panel.jsx'
import { discardPage, loadPage } from '../pages.js'
import { Shell } from '../Shell.jsx'

// webpack finds the pages of a build. Here each test sets them.
jest.mock('../pages.js', () => ({
  PANEL: 'Panel',
  loadPage: jest.fn(),
  discardPage: jest.fn(),
  isServicePage: (name) => name === 'sign-in',
}))

const COUNT = '/api/notifications/count/'
const NEWEST = '/api/notifications/?page_size=5'
const panel = Promise.resolve(panelModule)

let sockets
beforeEach(() => {
  sockets = fakeSockets()
  loadPage.mockReset().mockReturnValue(panel)
})
afterEach(() => jest.restoreAllMocks())

function open(answers, { unread = 0, person = makePerson() } = {}) {
  const portal = makePortal({ person, unread })
  mockApi({ '/api/portal/': portal, [COUNT]: { unread }, [NEWEST]: { next: null, results: [] }, ...answers })
  return renderInPortal(<Shell />)
}

const make = (title) => ({
  id: 1,
  kind: 'polls.opened',
  app: 'polls',
  app_title: 'Polls',
  app_icon: 'chart',
  title,
  body: '',
  link: '/polls/1',
  created_at: new Date().toISOString(),
  read: false,
})

const bell = (name = /^Notifications/) => screen.findByRole('button', { name })
const dialog = () => screen.getByRole('dialog', { name: 'Notifications', hidden: true })

/** Open or close the panel: jsdom has no popovers. */
const toggle = (newState) =>
  act(async () => {
    fireEvent(dialog(), Object.assign(new Event('toggle'), { newState }))
  })

test.each([
  [0, 'Notifications', ''],
  [1, 'Notifications, 1 unread', '1'],
  [99, 'Notifications, 99 unread', '99'],
  [143, 'Notifications, 99+ unread', '99+'],
])('with %d unread notifications, its name is %p', async (unread, name, badge) => {
  open({}, { unread })
  expect(await bell(name)).toHaveTextContent(badge)
  expect(screen.queryAllByText(/unread/)).toEqual([])
})

test('anonymous visitors have no bell', async () => {
  open({}, { person: null })
  await screen.findByRole('button', { name: 'Colour scheme' })
  expect(screen.queryByRole('button', { name: /^Notifications/ })).not.toBeInTheDocument()
})

test('it rings when a notification arrives, and then announces the count once', async () => {
  let unread = 1
  open({ [COUNT]: () => ({ unread }) }, { unread })
  await bell('Notifications, 1 unread')
  unread = 3
  await sockets.update('person')
  expect(await bell('Notifications, 3 unread')).toHaveAttribute('data-ringing')
  expect(screen.queryByText('3 unread notifications')).not.toBeInTheDocument()
  await waitFor(() => expect(screen.getByText('3 unread notifications')).toBeInTheDocument(), {
    timeout: 3_000,
  })
  expect(await bell()).not.toHaveAttribute('data-ringing')
})

test('it does not ring when another tab reads a notification', async () => {
  let unread = 2
  open({ [COUNT]: () => ({ unread }) }, { unread })
  await bell('Notifications, 2 unread')
  unread = 1
  await sockets.update('person')
  expect(await bell('Notifications, 1 unread')).not.toHaveAttribute('data-ringing')
  expect(screen.queryByText('1 unread notifications')).not.toBeInTheDocument()
})

test.each([401, 403, 503])('a count that is refused with %d leaves the page as it is', async (status) => {
  let asked = 0
  const answer = () => {
    asked++
    return errorResponse(status)
  }
  open({ [COUNT]: answer }, { unread: 2 })
  await sockets.update('person')
  await waitFor(() => expect(asked).toBeGreaterThan(0))
  expect(await bell('Notifications, 2 unread')).toBeVisible()
  expect(screen.getByRole('heading', { level: 1, name: /Asha Verma/ })).toBeVisible()
})

test('the panel gets the focus, and shows the newest notifications', async () => {
  open({ [NEWEST]: { next: null, results: [make('New: Which day?')] } }, { unread: 1 })
  await bell()
  expect(loadPage).not.toHaveBeenCalled()
  await toggle('open')
  expect(dialog()).toHaveFocus()
  expect(await screen.findByText('New: Which day?')).toBeInTheDocument()
  await toggle('closed')
  expect(screen.queryByText('New: Which day?')).not.toBeInTheDocument()
})

test('an update refreshes the open panel', async () => {
  const results = []
  open({ [NEWEST]: () => ({ next: null, results: [...results] }) })
  await bell()
  await toggle('open')
  await screen.findByText('No notifications yet')
  results.push(make('Now'))
  await sockets.update('person')
  expect(await screen.findByText('Now')).toBeInTheDocument()
})

test('a panel that could not be loaded can be loaded again', async () => {
  jest.spyOn(console, 'error').mockImplementation(() => {}) // React also logs the errors that an error boundary catches
  const failed = Promise.reject(new Error('ChunkLoadError'))
  failed.catch(() => {})
  loadPage.mockReturnValue(failed)
  discardPage.mockImplementation(() => loadPage.mockReturnValue(panel))
  open({})
  await bell()
  await toggle('open')
  fireEvent.click(await screen.findByRole('button', { name: 'Try again', hidden: true }))
  expect(await screen.findByText('No notifications yet')).toBeInTheDocument()
})
