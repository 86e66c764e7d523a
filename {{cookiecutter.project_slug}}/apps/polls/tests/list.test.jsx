import { errorResponse, fakeSockets, jsonResponse, makePerson, mockApi, renderPage } from '@portal/testing'
import { screen, within } from '@testing-library/react'
import Polls from '../frontend/index.jsx'
import { listOf, makePoll } from './makePoll.js'

const OPEN = '/api/polls/?show=open'
const CLOSED = '/api/polls/?show=closed'
const person = makePerson()
const closedPoll = makePoll({ id: 8, question: 'Which place?', open: false, my_choice: 1 })

let sockets
beforeEach(() => {
  sockets = fakeSockets()
})

/** Open the list. @param {Record<string, any>} answers */
function openList(answers, { path = '', reader = person } = {}) {
  const requests = mockApi({
    [OPEN]: listOf(),
    [CLOSED]: listOf(),
    '/api/polls/?show=mine': listOf(),
    '/api/polls/?show=not_voted': listOf(),
    '/api/polls/draft/': jsonResponse(204, null),
    '/api/polls/counts/': { open: 1, closed: 1, not_voted: 1 },
    'POST /api/portal/presence/': { people: 1 },
    ...answers,
  })
  return { requests, ...renderPage(Polls, { app: 'polls', path, portal: { person: reader } }) }
}

const row = (question) => screen.getByRole('link', { name: question }).closest('li')

test('open polls come first, then closed ones with what won', async () => {
  const { user } = openList({
    [OPEN]: listOf(makePoll()),
    [CLOSED]: listOf(closedPoll),
    '/api/polls/7/': makePoll(),
  })
  const open = await screen.findByRole('link', { name: 'Which day?' })
  expect(row('Which day?')).toHaveTextContent(/Asima Devi · 4 votes · closes in .*Vote/)
  const closed = await screen.findByRole('link', { name: 'Which place?' })
  expect(row('Which place?')).toHaveTextContent(/Thursday, 75%You voted/)
  expect(open.compareDocumentPosition(closed)).toBe(Node.DOCUMENT_POSITION_FOLLOWING)
  await user.click(open)
  expect(await screen.findByRole('heading', { name: 'Which day?', level: 1 })).toBeVisible()
})

test('hidden results are not in the list', async () => {
  const choices = makePoll().choices.map((choice) => ({ ...choice, votes: null }))
  openList({ [OPEN]: listOf(makePoll({ votes: null, choices, results_after_vote: true })) })
  await screen.findByRole('link', { name: 'Which day?' })
  expect(row('Which day?')).toHaveTextContent('results once you have voted')
})

test('the latest result and what the reader asked are beside the list, with their draft', async () => {
  openList({
    [CLOSED]: listOf(closedPoll),
    '/api/polls/?show=mine': listOf(makePoll({ id: 9, question: 'Coffee?', mine: true })),
    '/api/polls/draft/': { question: 'Half a', choices: [], saved_at: '2026-01-01T00:00:00Z' },
  })
  const asked = within(await screen.findByRole('region', { name: 'Asked by you' }))
  expect(await asked.findByRole('link', { name: 'Coffee?' })).toHaveAttribute('href', '/polls/9')
  expect(asked.getByRole('link', { name: 'Half a' })).toHaveAttribute('href', '/polls/new')
  expect(asked.getByText('Draft · nobody else sees it')).toBeVisible()
  const latest = within(screen.getByRole('region', { name: 'Just closed' }))
  expect(latest.getByText('Your vote')).toBeVisible()
})

test('each tab has an address, and the number of polls that wait', async () => {
  const { user } = openList({ '/api/polls/?show=not_voted': listOf(makePoll()) })
  const tabs = within(await screen.findByRole('navigation', { name: 'Polls' }))
  await tabs.findByText('1')
  expect(tabs.getAllByRole('link').map((link) => link.getAttribute('href'))).toEqual([
    '/polls',
    '/polls/not-voted',
    '/polls/mine',
    '/polls/closed',
  ])
  await user.click(tabs.getByRole('link', { name: /Not voted/ }))
  expect(await screen.findByRole('link', { name: 'Which day?' })).toBeVisible()
  expect(tabs.getByRole('link', { name: /Not voted/ })).toHaveAttribute('aria-current', 'page')
})

test.each([
  ['not-voted', 'You have voted everywhere'],
  ['mine', 'You have not asked anything yet'],
  ['closed', 'No poll has closed yet'],
])('the empty tab %s says what belongs there', async (path, title) => {
  openList({}, { path })
  expect(await screen.findByText(title)).toBeVisible()
})

test('anonymous visitors have neither tabs of their own nor a button to ask', async () => {
  openList({ [OPEN]: listOf(makePoll({ author: null })) }, { reader: null })
  await screen.findByRole('link', { name: 'Which day?' })
  expect(screen.queryByRole('link', { name: 'Asked by me' })).not.toBeInTheDocument()
  expect(screen.queryByRole('link', { name: 'Ask a question' })).not.toBeInTheDocument()
  expect(row('Which day?')).not.toHaveTextContent('Vote')
})

test('without any poll, the page says so and asks for the first one', async () => {
  openList({})
  expect(await screen.findByText('No poll is open')).toBeVisible()
  expect(screen.getAllByRole('link', { name: 'Ask a question' })[0]).toHaveAttribute('href', '/polls/new')
})

test('an error is explained where it happened, and the other list stays', async () => {
  let answer = errorResponse(503)
  const { user } = openList({ [OPEN]: () => answer, [CLOSED]: listOf(closedPoll) })
  const alert = await screen.findByRole('alert')
  expect(await screen.findByRole('link', { name: 'Which place?' })).toBeVisible()
  answer = listOf(makePoll({ id: 9, question: 'Which month?' }))
  await user.click(within(alert).getByRole('button', { name: 'Try again' }))
  expect(await screen.findByRole('link', { name: 'Which month?' })).toBeVisible()
})

test('a list that failed shows no number', async () => {
  openList({ [CLOSED]: errorResponse(503) })
  await screen.findByRole('alert')
  expect(screen.getByRole('heading', { name: 'Closed' })).toBeVisible()
})

test('a new poll of another person appears by itself', async () => {
  let open = listOf()
  openList({ [OPEN]: () => open })
  await screen.findByText('No poll is open')
  open = listOf(makePoll())
  await sockets.update('polls:list')
  expect(await screen.findByRole('link', { name: 'Which day?' })).toBeVisible()
})
