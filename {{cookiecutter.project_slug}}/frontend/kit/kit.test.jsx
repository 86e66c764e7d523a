import { makePerson, renderInPortal, makePortal } from '@portal/testing'
import { render, screen, within } from '@testing-library/react'
import {
  Avatar,
  Chip,
  Column,
  EmptyState,
  Icon,
  Page,
  Panel,
  Panels,
  Row,
  Rows,
  Skeleton,
  Split,
  Tabs,
  Tile,
} from './index.js'
import { addIcons } from './icons.js'

const show = (element, location = '/') => renderInPortal(element, { location, portal: makePortal() })

test('a page has one heading, the way to it, a lead and its actions', () => {
  show(
    <Page
      title="Open house"
      breadcrumbs={[{ title: 'Polls', to: '/polls' }]}
      lead="Closes on Friday."
      actions={<button>Close</button>}
    />,
  )
  expect(screen.getByRole('heading', { level: 1, name: 'Open house' })).toBeVisible()
  const links = within(screen.getByRole('navigation', { name: 'Breadcrumbs' })).getAllByRole('link')
  expect(links.map((link) => [link.textContent, link.getAttribute('href')])).toEqual([
    ['Home', '/'],
    ['Polls', '/polls'],
  ])
  expect(screen.getByText('Open house', { selector: '[aria-current=page]' })).toBeVisible()
  expect(screen.getByText('Closes on Friday.')).toBeVisible()
  expect(screen.getByRole('button', { name: 'Close' })).toBeVisible()
})

test('a page without breadcrumbs has no navigation', () => {
  show(<Page title="Home" />)
  expect(screen.queryByRole('navigation')).not.toBeInTheDocument()
})

test('the field with autoFocus keeps the focus when a page opens', () => {
  const location = { pathname: '/new', key: 'followed' }
  const { unmount } = show(
    <main>
      <Page title="New poll">
        <input aria-label="Question" autoFocus />
      </Page>
    </main>,
    location,
  )
  expect(screen.getByRole('textbox', { name: 'Question' })).toHaveFocus()
  unmount()
  show(
    <main>
      <Page title="New poll">
        <input aria-label="Question" />
      </Page>
    </main>,
    location,
  )
  expect(screen.getByRole('heading', { level: 1 })).toHaveFocus()
})

test('a panel is a region that its heading names', () => {
  show(
    <Panel title="Members" count={3} action={<a href="/all">All</a>} footer="Since Monday">
      <p>Text</p>
    </Panel>,
  )
  const region = within(screen.getByRole('region', { name: 'Members 3' }))
  expect(region.getByRole('heading', { level: 2 })).toHaveTextContent('Members 3')
  expect(region.getByRole('link', { name: 'All' })).toBeVisible()
  expect(region.getByText('Since Monday')).toBeVisible()
})

test('a row is one link, and the button at its end is another stop', async () => {
  const onClick = jest.fn()
  const { user } = show(
    <Rows>
      <Row
        to="/polls/1"
        tile={{ title: 'Polls', icon: 'chart' }}
        title="Which day?"
        detail="Closes on Friday"
        end={<button onClick={onClick}>Vote</button>}
      />
      <Row href="mailto:asha@college.example" avatar={makePerson()} title="Asha Verma" />
      <Row title="Nothing to open" />
    </Rows>,
  )
  expect(screen.getAllByRole('listitem')).toHaveLength(3)
  expect(screen.getByRole('link', { name: 'Which day?' })).toHaveAttribute('href', '/polls/1')
  expect(screen.getByRole('link', { name: 'Asha Verma' })).toHaveAttribute(
    'href',
    'mailto:asha@college.example',
  )
  expect(screen.getAllByRole('link')).toHaveLength(2)
  await user.click(screen.getByRole('button', { name: 'Vote' }))
  expect(onClick).toHaveBeenCalledTimes(1)
})

test('an avatar shows the photo, or the first letter of the name', () => {
  const { container } = show(
    <>
      <Avatar person={makePerson({ photo: '/media/1.webp' })} />
      <Avatar person={makePerson({ display_name: 'émile' })} />
    </>,
  )
  expect(container.querySelector('img')).toHaveAttribute('src', '/media/1.webp')
  expect(screen.getByText('É')).toHaveAttribute('aria-hidden', 'true')
})

test('tabs are links, and the current one says so', () => {
  show(
    <Tabs
      label="Account"
      items={[
        { to: '/account', title: 'Profile', end: true },
        { to: '/account/security', title: 'Security', count: 2 },
      ]}
    />,
    '/account/security',
  )
  const tabs = within(screen.getByRole('navigation', { name: 'Account' }))
  expect(tabs.getByRole('link', { name: 'Security 2' })).toHaveAttribute('aria-current', 'page')
  expect(tabs.getByRole('link', { name: 'Profile' })).not.toHaveAttribute('aria-current')
})

test('columns and panels keep the order of their children', () => {
  const { container } = show(
    <Split kind="even">
      <Column>one</Column>
      <Panels>two</Panels>
    </Split>,
  )
  expect(container.querySelector('.split')).toHaveAttribute('data-kind', 'even')
  expect(container).toHaveTextContent('onetwo')
})

test('a chip, an empty state and an icon say in words what they mean', () => {
  const { container } = show(
    <>
      <Chip tone="warn" icon="clock">
        Tomorrow
      </Chip>
      <EmptyState icon="chart" title="Nobody has asked yet" level="h3">
        <p>Be the first.</p>
      </EmptyState>
      <Icon name="plus" />
      <Icon name="no such icon" />
    </>,
  )
  expect(screen.getByText('Tomorrow')).toHaveAttribute('data-tone', 'warn')
  expect(screen.getByRole('heading', { level: 3, name: 'Nobody has asked yet' })).toBeVisible()
  for (const icon of container.querySelectorAll('svg')) expect(icon).toHaveAttribute('aria-hidden', 'true')
  expect(container.querySelectorAll('svg')).toHaveLength(3)
})

test.each(['line', 'row', 'card'])('a skeleton of %ss announces once that something is loading', (shape) => {
  const { container } = show(<Skeleton shape={shape} count={4} />)
  expect(screen.getByRole('status')).toHaveTextContent('Loading…')
  expect(container.querySelectorAll('.skeletons > [aria-hidden]')).toHaveLength(4)
})

test('the tile of an app has the icon that arrived with the portal, and an own one of the same name stays', () => {
  const arrived = { path: 'M0 0h64v64z', box: 64, filled: true }
  addIcons({ 'library/icon.svg': arrived, bell: arrived })
  const drawing = (icon) => render(<Tile title="Library" icon={icon} />).container.querySelector('svg')
  expect(drawing('library/icon.svg')).toHaveAttribute('viewBox', '0 0 64 64')
  expect(drawing('library/icon.svg')).toHaveAttribute('data-filled', 'true')
  expect(drawing('library/icon.svg').querySelector('path')).toHaveAttribute('d', arrived.path)
  expect(drawing('bell')).toHaveAttribute('viewBox', '0 0 24 24')
  expect(drawing('unknown')).toBeNull()
})
