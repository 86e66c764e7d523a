import { errorResponse, jsonResponse, makePerson, makePortal, mockApi, renderInPortal } from '@portal/testing'
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { useLocation } from 'react-router'
import Palette from './index.jsx'

// webpack finds the pages of a build.
jest.mock('../shell/pages.js', () => ({ isServicePage: (name) => name === 'overview' }))

const app = (name, more = {}) => ({
  name,
  title: name[0].toUpperCase() + name.slice(1),
  description: '',
  icon: 'star',
  category: '',
  actions: [],
  ...more,
})
const APPS = [
  app('rooms', { actions: [{ title: 'Book a room', path: 'new' }] }),
  app('people'),
  app('polls', { description: 'Ask, and see at once' }),
]
const found = (name, titles, more = {}) => ({
  app: name,
  title: name[0].toUpperCase() + name.slice(1),
  icon: 'star',
  results: titles.map((title, index) => ({ title, detail: '', link: `/${name}/${index}`, image: '' })),
  more: false,
  ...more,
})
const answerOf = (...groups) => ({ groups, incomplete: [] })
const path = (query, name) => `/api/portal/search/?q=${query}${name ? `&app=${name}` : ''}`

function Place() {
  return <p>at {useLocation().pathname}</p>
}

function open(answers = {}, portal = {}, location = '/') {
  const requests = mockApi(answers)
  const onClose = jest.fn()
  const view = renderInPortal(
    <>
      <Place />
      <Palette onClose={onClose} />
    </>,
    {
      location,
      portal: makePortal({
        person: makePerson(),
        apps: APPS,
        languages: [
          { code: 'en', name: 'English', direction: 'ltr' },
          { code: 'hi', name: 'हिन्दी', direction: 'ltr' },
        ],
        ...portal,
      }),
    },
  )
  return { ...view, requests, onClose }
}

const field = () => screen.getByRole('combobox', { name: 'Search or go to…' })
/** The text of a line, without the letter that stands for a picture. */
const textOf = (line) =>
  [...line.children]
    .filter((part) => !part.hasAttribute('aria-hidden'))
    .map((part) => part.textContent)
    .join('')
const lines = () => screen.queryAllByRole('option').map(textOf)
const chosen = () => screen.getByRole('option', { selected: true })
const inGroup = (name) => within(screen.getByRole('group', { name })).getAllByRole('option').map(textOf)

test('an empty field lists the apps that were opened last, then pages and actions', () => {
  open({}, { recent: ['polls', 'rooms'] })
  expect(field()).toHaveFocus()
  expect(inGroup('Recent')).toEqual(['Polls', 'Rooms'])
  expect(inGroup('Pages')).toEqual(['Home', 'Notifications', 'ProfileAccount', 'More Pages'])
  expect(chosen()).toHaveTextContent('Polls')
  expect(field()).toHaveAttribute('aria-activedescendant', chosen().id)
})

test('the first result is chosen at once, and Enter opens it', async () => {
  const { user, onClose } = open({ [path('ro')]: answerOf() })
  await user.keyboard('ro')
  expect(inGroup('Apps')).toEqual(['Rooms'])
  expect(inGroup('Actions')).toEqual(['Book a roomRooms'])
  expect(chosen()).toHaveTextContent('Rooms')
  expect(within(chosen()).getByText('Ro').tagName).toBe('MARK')
  await user.keyboard('{Enter}')
  expect(screen.getByText('at /rooms')).toBeInTheDocument()
  fireEvent(screen.getByRole('dialog', { hidden: true }), new Event('close'))
  expect(onClose).toHaveBeenCalled()
})

test('arrow keys choose a line, around the ends', async () => {
  const { user } = open({ [path('ro')]: answerOf() })
  await user.keyboard('ro{ArrowDown}')
  expect(chosen()).toHaveTextContent('Profile')
  await user.keyboard('{ArrowUp}{ArrowUp}')
  expect(chosen()).toHaveTextContent(lines().at(-1))
  await user.keyboard('{ArrowDown}{PageDown}')
  expect(chosen()).toHaveTextContent(lines()[Math.min(5, lines().length - 1)])
})

test('accents and case do not matter, and words beside the title find an item too', async () => {
  const { user } = open({ [path('log+out')]: answerOf() })
  await user.keyboard('RÖOMS')
  expect(lines()[0]).toBe('Rooms')
  await user.clear(field())
  await user.keyboard('log out')
  expect(lines()).toEqual(['Sign out'])
})

test('results of apps arrive below what is there, people first, and change no choice', async () => {
  let answer
  const { user } = open({ [path('ro')]: () => new Promise((resolve) => (answer = resolve)) })
  await user.keyboard('ro{ArrowDown}')
  const before = lines()
  const choice = chosen().textContent
  expect(screen.getByText('Searching in apps…')).toBeVisible()
  await waitFor(() => expect(answer).toBeDefined())
  await act(async () => answer(answerOf(found('polls', ['Robots?']), found('people', ['Rosa Almeida']))))
  expect(await screen.findByRole('group', { name: 'In Polls' })).toBeVisible()
  expect(lines()).toEqual([...before, 'Rosa Almeida', 'Robots?'])
  expect(chosen()).toHaveTextContent(choice)
  expect(screen.queryByText('Searching in apps…')).toBeNull()
})

test('typing asks the portal once, and cancels the search before', async () => {
  const signals = []
  const { user } = open()
  const fetch = globalThis.fetch
  globalThis.fetch = (url, options) => {
    signals.push([url, options.signal])
    return url === path('ro') ? new Promise(() => {}) : fetch(url, options)
  }
  await user.keyboard('ro')
  await waitFor(() => expect(signals).toHaveLength(1))
  await user.keyboard('bot')
  await waitFor(() => expect(signals.map(([url]) => url)).toEqual([path('ro'), path('robot')]))
  expect(signals[0][1].aborted).toBe(true)
})

test('one letter asks nobody', async () => {
  const { user, requests } = open()
  await user.keyboard('r')
  await act(() => new Promise((resolve) => setTimeout(resolve, 300)))
  expect(requests).toEqual([])
  expect(lines()[0]).toBe('Rooms')
})

test('while the next answer is awaited, the last results that still match stay', async () => {
  const { user } = open({
    [path('ro')]: answerOf(found('polls', ['Robots?', 'Roses?'])),
    [path('rob')]: () => new Promise(() => {}),
  })
  await user.keyboard('ro')
  await screen.findByText('bots?', { exact: false })
  await user.keyboard('b')
  expect(inGroup('In Polls')).toEqual(['Robots?'])
})

test('more of a group is shown when it is asked for', async () => {
  const many = Array.from({ length: 8 }, (_, index) => `Robot ${index}`)
  const { user, requests } = open({
    [path('robot')]: answerOf(found('polls', many.slice(0, 3), { more: true })),
    [path('robot', 'polls')]: answerOf(found('polls', many)),
  })
  await user.keyboard('robot')
  await screen.findByRole('group', { name: 'In Polls' })
  expect(inGroup('In Polls')).toEqual([...many.slice(0, 3), 'More In Polls'])
  await user.keyboard('{ArrowUp}{Enter}')
  await waitFor(() => expect(inGroup('In Polls')).toEqual(many))
  expect(chosen()).toHaveTextContent('Robot 2')
  expect(requests.map((request) => request.path)).toEqual([path('robot'), path('robot', 'polls')])
})

test('more than three apps are listed when they are asked for', async () => {
  const apps = Array.from({ length: 7 }, (_, index) => app(`room${index}`))
  const { user } = open({ [path('room')]: answerOf() }, { apps })
  await user.keyboard('room')
  expect(inGroup('Apps')).toEqual(['Room0', 'Room1', 'Room2', 'More Apps'])
  await user.click(screen.getByRole('option', { name: 'More Apps' }))
  expect(inGroup('Apps')).toHaveLength(7)
  expect(field()).toHaveFocus()
})

test.each([
  ['an error', errorResponse(500), 'The portal has a problem. Try again in a moment.', true],
  ['a limit', errorResponse(429, { detail: 'You can search 120 times in a minute.' }), /120 times/, true],
  ['no answer', () => Promise.reject(new TypeError('Failed to fetch')), /did not answer/, true],
  ['HTML', jsonResponse(200, '<html>'), /Something went wrong|not from the portal/, true],
])('%s is shown below what is there, and the search can be tried again', async (_name, answer, text) => {
  let current = answer
  const { user } = open({ [path('ro')]: () => (typeof current === 'function' ? current() : current) })
  await user.keyboard('ro')
  const alert = await screen.findByRole('alert')
  expect(alert).toHaveTextContent(text)
  expect(inGroup('Apps')).toEqual(['Rooms'])
  current = answerOf(found('polls', ['Robots?']))
  await user.click(within(alert).getByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('group', { name: 'In Polls' })).toBeVisible()
  expect(screen.queryByRole('alert')).toBeNull()
})

test('apps that could not be searched are named', async () => {
  const { user } = open({ [path('ro')]: { groups: [], incomplete: ['polls', 'gone'] } })
  await user.keyboard('ro')
  expect(await screen.findByText(/Not searched.*Polls and gone/)).toBeVisible()
})

test('a search that finds nothing says so', async () => {
  const { user } = open({ [path('xyzzy')]: answerOf() })
  await user.keyboard('xyzzy')
  expect(await screen.findByText(/Nothing found for “xyzzy”/)).toBeVisible()
  expect(field()).toHaveAttribute('aria-expanded', 'false')
  await waitFor(() => expect(screen.getByRole('status')).toHaveTextContent('Nothing found'))
})

test('the theme is changed', async () => {
  const { user } = open({ [path('dark')]: answerOf() })
  await user.keyboard('dark{Enter}')
  expect(document.documentElement.dataset.scheme).toBe('dark')
})

test.each([
  ['hindi', 'PUT /api/portal/language/', { language: 'hi' }],
  ['हिन्दी', 'PUT /api/portal/language/', { language: 'hi' }],
  ['pin polls', 'PUT /api/portal/pinned/', { apps: ['rooms', 'polls'] }],
])('the action %p sends its request', async (text, request, body) => {
  const { user, requests } = open({ [request]: (sent) => sent }, { pinned: ['rooms'] }, '/polls/7')
  await user.keyboard(`${text}{Enter}`)
  await waitFor(() =>
    expect(requests.filter(({ method }) => method === 'PUT')).toEqual([expect.objectContaining({ body })]),
  )
})

test('an action that fails says so after the palette has closed', async () => {
  const { user } = open({ 'PUT /api/portal/pinned/': errorResponse(500) }, {}, '/polls/7')
  await user.keyboard('pin polls{Enter}')
  expect(await screen.findByText('The portal has a problem. Try again in a moment.')).toBeInTheDocument()
})

test('an app that is pinned can be unpinned on its page', async () => {
  const { user } = open({ [path('pin')]: answerOf() }, { pinned: ['polls'] }, '/polls/7')
  await user.keyboard('pin')
  expect(inGroup('Actions')).toEqual(['Unpin Polls'])
})

test('pages of maintainers are found by maintainers only', async () => {
  const { user, unmount } = open({ [path('overview')]: answerOf() })
  await user.keyboard('overview')
  await screen.findByText(/Nothing found/)
  unmount()
  const second = open({ [path('overview')]: answerOf() }, { person: makePerson({ maintainer: true }) })
  await second.user.keyboard('overview')
  expect(lines()).toEqual(['OverviewMaintain'])
})

test('the key / can be switched off', async () => {
  const { user } = open()
  await user.click(screen.getByRole('button', { name: 'Keyboard shortcuts' }))
  const dialog = screen.getByRole('dialog', { name: 'Keyboard shortcuts' })
  const box = within(dialog).getByRole('checkbox', { name: /Open the search with the key \// })
  expect(box).toBeChecked()
  await user.click(box)
  expect(localStorage.getItem('portal-slash')).toBe('off')
  await user.click(box)
  expect(localStorage.getItem('portal-slash')).not.toBe('off')
})
