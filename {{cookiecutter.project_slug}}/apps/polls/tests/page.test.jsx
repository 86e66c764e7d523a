import { mockApi, fakeSockets, makePerson, errorResponse, renderPage } from '@portal/testing'
import { screen, within } from '@testing-library/react'
import Polls from '../frontend/index.jsx'

const LIST = '/api/polls/'
const ONE = '/api/polls/7/'

function makePoll(differences = {}) {
  return {
    id: 7,
    question: 'Which day?',
    closes_at: '2099-01-01T00:00:00Z',
    open: true,
    votes: 4,
    my_choice: null,
    choices: [
      { id: 1, text: 'Tuesday', votes: 1 },
      { id: 2, text: 'Thursday', votes: 3 },
    ],
    ...differences,
  }
}

const listOf = (...results) => ({ next: null, previous: null, results })

let sockets
beforeEach(() => {
  sockets = fakeSockets()
})

test('the list links to each poll', async () => {
  mockApi({ [LIST]: listOf(makePoll()), [ONE]: makePoll() })
  const { user } = renderPage(Polls, { app: 'polls' })
  await user.click(await screen.findByRole('link', { name: /Which day\?.*4 votes/ }))
  expect(await screen.findByRole('heading', { name: 'Which day?', level: 1 })).toBeVisible()
})

test('an empty list says so', async () => {
  mockApi({ [LIST]: listOf() })
  renderPage(Polls, { app: 'polls' })
  expect(await screen.findByText('No polls yet')).toBeVisible()
})

test('a table shows the votes too', async () => {
  mockApi({ [ONE]: makePoll() })
  const { user } = renderPage(Polls, { app: 'polls', path: '7' })
  await user.click(await screen.findByText('Show as a table'))
  const row = screen.getByRole('row', { name: /Thursday/ })
  expect(within(row).getByRole('cell', { name: '75%' })).toBeVisible()
})

test('a signed-in person votes', async () => {
  const voted = makePoll({ my_choice: 2, votes: 5 })
  let poll = makePoll()
  const requests = mockApi({ [ONE]: () => poll, [`POST ${ONE}vote/`]: () => (poll = voted) })
  document.cookie = 'intranet_csrf=token'
  const { user } = renderPage(Polls, { app: 'polls', path: '7', portal: { person: makePerson() } })
  await user.click(await screen.findByRole('radio', { name: 'Thursday' }))
  await user.click(screen.getByRole('button', { name: 'Vote' }))
  expect(await screen.findByText('You voted')).toBeVisible()
  expect(screen.queryByRole('radio')).not.toBeInTheDocument()
  expect(requests.find(({ method }) => method === 'POST')).toMatchObject({
    body: { choice: 2 },
    headers: { 'X-CSRFToken': 'token' },
  })
})

test('a vote can be changed while the poll is open', async () => {
  let poll = makePoll({ my_choice: 2 })
  mockApi({
    [ONE]: () => poll,
    [`POST ${ONE}vote/`]: ({ choice }) => (poll = makePoll({ my_choice: choice })),
  })
  const { user } = renderPage(Polls, { app: 'polls', path: '7', portal: { person: makePerson() } })
  await user.click(await screen.findByRole('button', { name: 'Change my vote' }))
  expect(screen.getByRole('radio', { name: 'Thursday' })).toBeChecked()
  await user.click(screen.getByRole('radio', { name: 'Tuesday' }))
  await user.click(screen.getByRole('button', { name: 'Vote' }))
  expect(await screen.findByRole('button', { name: 'Change my vote' })).toBeVisible()
  expect(poll.my_choice).toBe(1)
})

test('a failed vote is explained and can be repeated', async () => {
  mockApi({
    [ONE]: makePoll(),
    [`POST ${ONE}vote/`]: errorResponse(409, { detail: 'This poll has just closed.' }),
  })
  const { user } = renderPage(Polls, { app: 'polls', path: '7', portal: { person: makePerson() } })
  await user.click(await screen.findByRole('radio', { name: 'Tuesday' }))
  await user.click(screen.getByRole('button', { name: 'Vote' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('This poll has just closed.')
  expect(screen.getByRole('button', { name: 'Vote' })).toBeEnabled()
})

test('an anonymous visitor sees the poll and a link to sign-in', async () => {
  mockApi({ [ONE]: makePoll() })
  renderPage(Polls, { app: 'polls', path: '7' })
  const link = await screen.findByRole('link', { name: 'Sign in' })
  expect(link).toHaveAttribute('href', '/sign-in?next=%2Fpolls%2F7')
  expect(link.parentElement).toHaveTextContent('Sign in to vote.')
  expect(screen.queryByRole('radio')).not.toBeInTheDocument()
})

test('a vote by another person appears by itself', async () => {
  let poll = makePoll()
  mockApi({ [ONE]: () => poll })
  renderPage(Polls, { app: 'polls', path: '7' })
  await screen.findByText('4 votes')
  poll = makePoll({ votes: 5 })
  await sockets.send('/ws/polls/7/', { type: 'poll.changed', id: 7 })
  expect(await screen.findByText('5 votes')).toBeVisible()
})
