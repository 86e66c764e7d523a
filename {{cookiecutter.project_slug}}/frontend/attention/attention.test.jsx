import { errorResponse, fakeSockets, makePerson, makePortal, mockApi, renderInPortal } from '@portal/testing'
import { screen, waitFor, within } from '@testing-library/react'
import Attention from './index.jsx'

const URL = '/api/portal/attention/'
const READ = 'POST /api/notifications/read/'
const soon = (hours) => new Date(Date.now() + hours * 3_600_000).toISOString()

const item = (title, more = {}) => ({
  app: 'polls',
  app_title: 'Polls',
  app_icon: 'chart',
  source: 'polls',
  key: '7',
  title,
  detail: '',
  link: `/polls/${title}`,
  action: '',
  at: null,
  ...more,
})
const answerOf = (items, more = {}) => ({ items, more: [], incomplete: [], ...more })

beforeEach(() => {
  localStorage.clear()
  fakeSockets()
})

function open(answers) {
  const requests = mockApi(answers)
  const apps = [{ name: 'polls', title: 'Polls', description: '' }]
  const view = renderInPortal(<Attention rows={3} />, { portal: makePortal({ person: makePerson(), apps }) })
  return { ...view, requests }
}

const card = () => screen.getByRole('region', { name: /^Needs attention/ })
const rows = () => within(card()).queryAllByRole('listitem')

test('an item says what waits, in which app, until when, and what to do', async () => {
  open({ [URL]: answerOf([item('Tea', { detail: 'Grace Mutua asks', action: 'Vote', at: soon(5) })]) })
  expect(await screen.findByRole('link', { name: 'Tea' })).toHaveAttribute('href', '/polls/Tea')
  const [row] = rows()
  expect(row).toHaveTextContent('Polls · Grace Mutua asks')
  expect(row).toHaveTextContent(/in [45] hours/)
  expect(within(row).getByRole('link', { name: 'Vote: Tea' })).toHaveTextContent('Vote')
})

test('nothing that waits is one row', async () => {
  open({ [URL]: answerOf([]) })
  expect(await screen.findByText('Nothing waits for you')).toBeVisible()
  expect(rows()).toEqual([])
})

test('five items are shown, and all when they are asked for', async () => {
  const { user } = open({ [URL]: answerOf(Array.from({ length: 8 }, (_, index) => item(`Poll ${index}`))) })
  await screen.findByRole('link', { name: 'Poll 0' })
  expect(rows()).toHaveLength(5)
  expect(localStorage.getItem('portal-attention')).toBe('5')
  await user.click(screen.getByRole('button', { name: 'Show 3 more' }))
  expect(rows()).toHaveLength(8)
})

test('an app with further items is linked, and one without an answer is named', async () => {
  let incomplete = ['polls']
  const { user } = open({ [URL]: () => answerOf([], { more: ['polls', 'notifications'], incomplete }) })
  expect(await screen.findByRole('link', { name: 'More in Polls' })).toHaveAttribute('href', '/polls')
  expect(screen.getByText('Nothing else waits for you')).toBeVisible()
  expect(screen.getByText(/Without an answer: Polls/)).toBeVisible()
  incomplete = []
  await user.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByText('Nothing waits for you')).toBeVisible()
})

test('a notification that is opened is read', async () => {
  const notification = item('Moved', { source: 'notifications', key: '41' })
  const { user, requests } = open({ [URL]: answerOf([notification]), [READ]: { unread: 0 } })
  await user.click(await screen.findByRole('link', { name: 'Moved' }))
  const sent = () => requests.filter(({ method }) => method === 'POST').map(({ body }) => body)
  await waitFor(() => expect(sent()).toEqual([{ ids: [41] }]))
})

test('another item that is opened changes no notification', async () => {
  const { user, requests } = open({ [URL]: answerOf([item('Tea')]) })
  await user.click(await screen.findByRole('link', { name: 'Tea' }))
  expect(requests.filter(({ method }) => method === 'POST')).toEqual([])
})

test('an answer that failed is explained in the card, and can be asked for again', async () => {
  let answer = errorResponse(500)
  const { user } = open({ [URL]: () => answer })
  expect(await within(card()).findByRole('alert')).toHaveTextContent('The portal has a problem')
  answer = answerOf([])
  await user.click(screen.getByRole('button', { name: 'Try again' }))
  expect(await screen.findByText('Nothing waits for you')).toBeVisible()
})
