import { errorResponse, makePerson, makePortal, mockApi, renderInPortal } from '@portal/testing'
import { screen, waitFor } from '@testing-library/react'
import { useLocation } from 'react-router'
import Panel from '../frontend/Panel.jsx'

const NEWEST = '/api/notifications/?page_size=5'
const READ = 'POST /api/notifications/read/'

const make = (id, differences = {}) => ({
  id,
  app: 'polls',
  app_title: 'Polls',
  app_icon: 'chart',
  kind: 'polls.opened',
  title: `Title ${id}`,
  body: '',
  link: `/polls/${id}`,
  created_at: new Date().toISOString(),
  read: false,
  ...differences,
})

function Place() {
  return <p>at {useLocation().pathname}</p>
}

function open(answers, { unread = 1 } = {}) {
  const requests = mockApi(answers)
  const onClose = jest.fn()
  const view = renderInPortal(
    <>
      <div>
        <Panel unread={unread} onClose={onClose} />
      </div>
      <Place />
      <button>Behind the panel</button>
    </>,
    { portal: makePortal({ person: makePerson(), unread }) },
  )
  return { ...view, onClose, sent: () => requests.filter(({ method }) => method === 'POST') }
}

test('a notification is marked as read when it is opened, and the panel closes', async () => {
  const { user, sent, onClose } = open({
    [NEWEST]: { next: null, results: [make(2), make(1, { read: true })] },
    [READ]: { unread: 0 },
  })
  await user.click(await screen.findByRole('link', { name: 'Unread: Title 2' }))
  expect(screen.getByText('at /polls/2')).toBeVisible()
  expect(onClose).toHaveBeenCalled()
  await waitFor(() => expect(sent()).toMatchObject([{ body: { ids: [2] } }]))
})

test('a notification without a link leads to the page, where all of it can be read', async () => {
  open({ [NEWEST]: { next: null, results: [make(1, { link: '' })] } })
  expect(await screen.findByRole('link', { name: 'Unread: Title 1' })).toHaveAttribute(
    'href',
    '/notifications',
  )
})

test('all can be marked as read', async () => {
  const { user, sent } = open({
    [NEWEST]: { next: null, results: [make(1)] },
    [READ]: () => new Promise(() => {}),
  })
  await user.click(await screen.findByRole('button', { name: 'Mark all as read' }))
  expect(await screen.findByRole('link', { name: 'Title 1' })).toBeVisible()
  expect(sent()).toMatchObject([{ body: { all: true } }])
})

test('a failed mark is taken back, with an explanation', async () => {
  const { user } = open({ [NEWEST]: { next: null, results: [make(1)] }, [READ]: errorResponse(503) })
  await user.click(await screen.findByRole('button', { name: 'Mark all as read' }))
  expect(await screen.findByRole('alert')).toBeVisible()
  expect(screen.getByRole('link', { name: 'Unread: Title 1' })).toBeVisible()
})

test('it closes when the focus leaves it', async () => {
  const { user, onClose } = open({ [NEWEST]: { next: null, results: [make(1)] } }, { unread: 0 })
  await screen.findByRole('link', { name: /Title 1/ })
  for (const name of ['Mark all as read', 'Unread: Title 1', 'All notifications', 'Settings']) {
    await user.tab()
    expect(document.activeElement).toHaveTextContent(name)
  }
  expect(onClose).not.toHaveBeenCalled()
  await user.tab()
  expect(onClose).toHaveBeenCalled()
})

test('an empty inbox says what will be here', async () => {
  open({ [NEWEST]: { next: null, results: [] } }, { unread: 0 })
  expect(await screen.findByText('No notifications yet')).toBeVisible()
  expect(screen.queryByRole('button')).toHaveTextContent('Behind the panel')
})

test('an inbox that cannot be read can be tried again', async () => {
  let answer = errorResponse(503)
  const { user } = open({ [NEWEST]: () => answer })
  const button = await screen.findByRole('button', { name: 'Try again' })
  answer = { next: null, results: [make(1)] }
  await user.click(button)
  expect(await screen.findByRole('link', { name: 'Unread: Title 1' })).toBeVisible()
})
