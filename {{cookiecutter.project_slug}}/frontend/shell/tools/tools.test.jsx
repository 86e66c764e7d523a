import { fakeSockets, makePerson, makePortal, mockApi, renderInPortal } from '@portal/testing'
import { act, fireEvent, screen, waitFor, within } from '@testing-library/react'
import { Menu } from '../../kit/Menu.jsx'
import { Page } from '../../kit/Page.jsx'
import { loadPage } from '../pages.js'
import { Shell } from '../Shell.jsx'

// webpack finds the pages of a build. Here each test sets them.
jest.mock('../pages.js', () => ({
  loadPage: jest.fn(),
  isServicePage: (name) => ['account', 'overview'].includes(name),
  discardPage: jest.fn(),
}))

const PORTAL = '/api/portal/'
const app = (name, category = '') => ({
  name,
  title: name[0].toUpperCase() + name.slice(1),
  description: '',
  category,
})
const apps = [
  app('buses', 'Campus'),
  app('dining', 'Campus'),
  app('library', 'Study'),
  app('polls'),
  app('rooms', 'Campus'),
]

function open(overrides = {}, location = '/', answers = {}) {
  const portal = makePortal({ apps, person: makePerson(), ...overrides })
  const requests = mockApi({ [PORTAL]: portal, ...answers })
  return { requests, ...renderInPortal(<Shell />, { location }) }
}

const page = Promise.resolve({ default: () => <Page title="Opened" /> })
beforeEach(() => loadPage.mockReset().mockReturnValue(page))
afterEach(() => localStorage.clear())

const sidebar = async () => within(await screen.findByRole('navigation', { name: 'Portal' }))
const names = (links) => links.map((link) => link.textContent.replace(/^[A-Z](?=[A-Z])/, ''))

describe('the sidebar', () => {
  test('lists each app once: the pinned ones in their order, then the others by category', async () => {
    open({ pinned: ['rooms', 'library'] })
    const nav = await sidebar()
    expect(names(nav.getAllByRole('link'))).toEqual(['Home', 'Rooms', 'Library', 'Buses', 'Dining', 'Polls'])
    expect(nav.getAllByRole('heading').map(({ textContent }) => textContent)).toEqual([
      'Pinned',
      'Campus',
      'Apps',
    ])
    expect(nav.getByRole('link', { name: 'Home' })).toHaveAttribute('aria-current', 'page')
  })

  test('shows the pages of maintainers to maintainers only', async () => {
    open({ person: makePerson({ maintainer: true }) })
    const nav = await sidebar()
    expect(nav.getByRole('link', { name: 'Overview' })).toHaveAttribute('href', '/overview')
    expect(nav.getByRole('link', { name: 'Django admin' })).toHaveAttribute('href', '/admin/')
    expect(nav.queryByRole('link', { name: 'Manage people' })).not.toBeInTheDocument() // not in this build
  })

  test('shows nothing of maintainers to others', async () => {
    open()
    expect((await sidebar()).queryByText('Maintain')).not.toBeInTheDocument()
  })

  test('stays collapsed after a reload', async () => {
    const { user, unmount } = open()
    await user.click((await sidebar()).getByRole('button', { name: 'Collapse' }))
    expect(screen.getByRole('navigation', { name: 'Portal' })).toHaveAttribute('data-collapsed')
    unmount()
    open()
    expect((await sidebar()).getByRole('button', { name: 'Expand' })).toBeVisible()
  })

  test('of a portal with many apps has categories that open', async () => {
    open({ apps: Array.from({ length: 60 }, (_, n) => app(`a${n}`, n % 2 ? 'Odd' : 'Even')) })
    expect((await sidebar()).getAllByRole('group')).toHaveLength(2)
  })
})

describe('what waits in an app', () => {
  const ATTENTION = '/api/portal/attention/'
  let links = 0
  const item = (name, more = {}) => ({
    app: name,
    app_title: name,
    app_icon: '',
    source: name,
    key: '',
    title: name,
    detail: '',
    link: `/${name}/${links++}`,
    action: '',
    at: null,
    ...more,
  })
  const answerOf = (...items) => ({ items, more: ['rooms'], incomplete: [] })

  test('is counted at its link, without unread notifications', async () => {
    const notification = item('library', { source: 'notifications' })
    open({}, '/', { [ATTENTION]: answerOf(item('polls'), item('rooms'), item('rooms'), notification) })
    const nav = await sidebar()
    const link = (name) => nav.getByRole('link', { name })
    await waitFor(() => expect(link('Polls')).toHaveAccessibleDescription('1 waiting'))
    expect(link('Rooms')).toHaveAccessibleDescription('2+ waiting')
    expect(link('Library')).not.toHaveAccessibleDescription(/waiting/)
  })

  test('is counted again after an update of the person, and after something was saved', async () => {
    const sockets = fakeSockets()
    let items = [item('polls'), item('polls')]
    const { user } = open({}, '/', {
      [ATTENTION]: () => answerOf(...items),
      'PUT /api/portal/pinned/': ({ apps: names }) => ({ apps: names }),
    })
    const nav = await sidebar()
    const expectNumber = (number) =>
      waitFor(() =>
        expect(nav.getByRole('link', { name: 'Polls' })).toHaveAccessibleDescription(`${number} waiting`),
      )
    await expectNumber(2)
    items = [item('polls')]
    await sockets.update('person')
    await expectNumber(1)
    items = [item('polls'), item('polls'), item('polls')]
    await user.click(screen.getByRole('button', { name: 'Change' }))
    await user.click(await screen.findByRole('button', { name: 'Save' }))
    await expectNumber(3)
  })
})

test("a maintainer's menu leads to the overview and the admin, and the menu of others does not", async () => {
  const hidden = { hidden: true }
  const { unmount } = open({ person: makePerson({ maintainer: true }) })
  const overview = await screen.findByRole('menuitem', { name: 'Overview', ...hidden })
  expect(overview).toHaveAttribute('href', '/overview')
  expect(screen.getByRole('menuitem', { name: 'Django admin', ...hidden })).toHaveAttribute('href', '/admin/')
  unmount()
  open({ apps: [...apps, app('people')] })
  const profile = await screen.findByRole('menuitem', { name: 'How others see me', ...hidden })
  expect(profile).toHaveAttribute('href', '/people/1')
  expect(screen.queryByRole('menuitem', { name: 'Overview', ...hidden })).toBeNull()
})

test('the drawer opens from the button "Menu", and closes when a page is opened', async () => {
  HTMLDialogElement.prototype.close = function () {
    this.open = false
    this.dispatchEvent(new Event('close'))
  }
  const { user } = open()
  await screen.findByRole('button', { name: /Signed in as/ })
  await user.click(screen.getByRole('button', { name: 'Menu' }))
  const drawer = within(await screen.findByRole('dialog', { name: 'Menu' }))
  await act(async () => drawer.getByRole('link', { name: /Polls/ }).click())
  expect(await screen.findByRole('heading', { name: 'Opened' })).toBeVisible()
  expect(screen.queryByRole('dialog', { name: 'Menu' })).not.toBeInTheDocument()
})

test('an app that is opened is recorded', async () => {
  const { requests } = open({}, '/polls', { 'POST /api/portal/recent/': { apps: ['polls'] } })
  await waitFor(() =>
    expect(requests.filter(({ path }) => path === '/api/portal/recent/').map(({ body }) => body)).toEqual([
      { app: 'polls' },
    ]),
  )
})

test('people choose the pinned apps and their order', async () => {
  const { user, requests } = open({ pinned: ['rooms'] }, '/', {
    'PUT /api/portal/pinned/': ({ apps: names }) => ({ apps: names }),
  })
  await screen.findByRole('button', { name: /Signed in as/ })
  await user.click(screen.getByRole('button', { name: 'Change' }))
  const dialog = within(await screen.findByRole('dialog', { name: 'Pinned apps' }))
  await user.click(dialog.getByRole('checkbox', { name: /Polls/ }))
  await user.click(dialog.getByRole('button', { name: 'Save' }))
  await waitFor(() => expect(screen.queryByRole('dialog', { name: 'Pinned apps' })).not.toBeInTheDocument())
  expect(requests.find(({ method }) => method === 'PUT').body).toEqual({ apps: ['rooms', 'polls'] })
  expect(names((await sidebar()).getAllByRole('link')).slice(0, 3)).toEqual(['Home', 'Rooms', 'Polls'])
})

describe('a menu', () => {
  async function openMenu() {
    const onChange = jest.fn()
    HTMLElement.prototype.showPopover = function () {
      fireEvent(this, Object.assign(new Event('toggle'), { newState: 'open' }))
    }
    const hide = jest.spyOn(HTMLElement.prototype, 'hidePopover').mockImplementation(() => {})
    const { user } = renderInPortal(
      <Menu
        label="Sort"
        icon="list"
        value="b"
        onChange={onChange}
        items={[
          { value: 'a', label: 'Author' },
          { value: 'b', label: 'Date' },
          { value: 'c', label: 'Deadline' },
        ]}
      />,
      { portal: makePortal() },
    )
    screen.getByRole('button', { name: 'Sort' }).focus()
    const item = (name) => screen.getByRole('menuitemradio', { name, hidden: true })
    return { user, item, hide, onChange }
  }
  afterEach(() => jest.restoreAllMocks())

  test('opens with the arrow keys, at its first or last item', async () => {
    const { user, item } = await openMenu()
    await user.keyboard('{ArrowDown}')
    expect(item('Author')).toHaveFocus()
    screen.getByRole('button', { name: 'Sort' }).focus()
    await user.keyboard('{ArrowUp}')
    expect(item('Deadline')).toHaveFocus()
  })

  test('moves with arrows, Home and End, and finds an item by its letters', async () => {
    const { user, item } = await openMenu()
    await user.keyboard('{ArrowDown}{ArrowDown}')
    expect(item('Date')).toHaveFocus()
    await user.keyboard('{End}{ArrowDown}')
    expect(item('Author')).toHaveFocus()
    await user.keyboard('de')
    expect(item('Deadline')).toHaveFocus()
    await user.keyboard('{Home}')
    expect(item('Author')).toHaveFocus()
  })

  test('closes with Tab, and says what was chosen', async () => {
    const { user, item, hide, onChange } = await openMenu()
    await user.keyboard('{ArrowDown}{Tab}')
    expect(hide).toHaveBeenCalledTimes(1)
    await user.click(item('Date'))
    expect(onChange).toHaveBeenCalledWith('b')
    expect(item('Date')).toBeChecked()
  })
})
