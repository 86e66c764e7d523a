import { errorResponse, fakeSockets, makePerson, mockApi, renderPage } from '@portal/testing'
import { act, screen, waitFor, within } from '@testing-library/react'
import Polls from '../frontend/index.jsx'
import { listOf, makePoll } from './makePoll.js'

const ONE = '/api/polls/7/'
const PRESENCE = 'POST /api/portal/presence/'
const person = makePerson()

/** Open the page of a poll. @param {Record<string, any>} answers */
function openPoll(answers, portal = {}) {
  const requests = mockApi({ [PRESENCE]: { people: 1 }, '/api/polls/?show=open': listOf(), ...answers })
  return { requests, ...renderPage(Polls, { app: 'polls', path: '7', portal }) }
}

let sockets
beforeEach(() => {
  sockets = fakeSockets()
})

test('a table shows the votes too', async () => {
  const { user } = openPoll({ [ONE]: makePoll() })
  await user.click(await screen.findByText('Show as a table'))
  const row = screen.getByRole('row', { name: /Thursday/ })
  expect(within(row).getByRole('cell', { name: '75%' })).toBeVisible()
})

test('a signed-in person votes', async () => {
  const voted = makePoll({ my_choice: 2, votes: 5 })
  let poll = makePoll()
  document.cookie = 'intranet_csrf=token'
  const answers = { [ONE]: () => poll, [`PUT ${ONE}vote/`]: () => (poll = voted) }
  const { user, requests } = openPoll(answers, { person })
  await user.click(await screen.findByRole('radio', { name: 'Thursday' }))
  await user.click(screen.getByRole('button', { name: 'Vote' }))
  expect(await screen.findByText('Your vote', { selector: '.chip' })).toBeVisible()
  expect(screen.getByText('Votes so far')).toHaveFocus() // in place of the button
  expect(screen.queryByRole('radio')).not.toBeInTheDocument()
  expect(requests.find(({ method }) => method === 'PUT')).toMatchObject({
    body: { choice: 2 },
    headers: { 'X-CSRFToken': 'token' },
  })
})

test('until the reader has voted, hidden results are not on the page', async () => {
  const choices = makePoll().choices.map((choice) => ({ ...choice, votes: null }))
  let poll = makePoll({ results_after_vote: true, votes: null, choices })
  const answers = {
    [ONE]: () => poll,
    [`PUT ${ONE}vote/`]: () => (poll = makePoll({ my_choice: 2, votes: 5 })),
  }
  const { user } = openPoll(answers, { person })
  await user.click(await screen.findByRole('radio', { name: 'Thursday' }))
  expect(screen.getByText(/The results show once you have voted/)).toBeVisible()
  expect(screen.queryByRole('figure')).not.toBeInTheDocument()
  await user.click(screen.getByRole('button', { name: 'Vote' }))
  expect(await screen.findByRole('figure')).toBeVisible()
  expect(screen.getByText('Votes so far')).toHaveFocus()
})

test('a poll says who asked, and shows other open polls', async () => {
  openPoll({
    [ONE]: makePoll(),
    '/api/polls/?show=open': listOf(makePoll(), makePoll({ id: 9, question: 'Which month?' })),
  })
  const about = within(await screen.findByRole('region', { name: 'About this poll' }))
  expect(about.getByRole('link', { name: 'Asima Devi' })).toHaveAttribute('href', '/people/3')
  const others = within(await screen.findByRole('region', { name: 'Other open polls' }))
  expect(others.getAllByRole('listitem')).toHaveLength(1)
})

test('the bars have the counts, and mark the vote of the reader with a word', async () => {
  openPoll({ [ONE]: makePoll({ my_choice: 2 }) }, { person })
  const bars = within(await screen.findByRole('figure')).getAllByRole('listitem')
  expect(bars.map((bar) => bar.textContent)).toEqual(['Tuesday 1 · 25%', 'Thursday Your vote3 · 75%'])
})

test('a vote can be changed while the poll is open', async () => {
  let poll = makePoll({ my_choice: 2 })
  const { user } = openPoll(
    {
      [ONE]: () => poll,
      [`PUT ${ONE}vote/`]: ({ choice }) => (poll = makePoll({ my_choice: choice })),
    },
    { person },
  )
  await user.click(await screen.findByRole('button', { name: 'Change my vote' }))
  expect(screen.getByRole('radio', { name: 'Thursday' })).toBeChecked()
  expect(screen.getByRole('radio', { name: 'Thursday' })).toHaveFocus()
  await user.click(screen.getByRole('radio', { name: 'Tuesday' }))
  await user.click(screen.getByRole('button', { name: 'Vote' }))
  expect(await screen.findByRole('button', { name: 'Change my vote' })).toBeVisible()
  expect(poll.my_choice).toBe(1)
})

test('a vote that cannot change says so before and after', async () => {
  let poll = makePoll({ votes_can_change: false })
  const answers = { [ONE]: () => poll, [`PUT ${ONE}vote/`]: () => (poll = { ...poll, my_choice: 2 }) }
  const { user } = openPoll(answers, { person })
  expect(await screen.findByText('You cannot change your vote afterwards.')).toBeVisible()
  await user.click(screen.getByRole('radio', { name: 'Thursday' }))
  await user.click(screen.getByRole('button', { name: 'Vote' }))
  expect(await screen.findByText('Cannot be changed')).toBeVisible()
  expect(screen.queryByRole('radio')).not.toBeInTheDocument()
  expect(screen.queryByRole('button', { name: 'Change my vote' })).not.toBeInTheDocument()
})

test('a vote that comes too late is explained, and the page shows the result', async () => {
  let poll = makePoll()
  const answers = {
    [ONE]: () => poll,
    [`PUT ${ONE}vote/`]: () => {
      poll = makePoll({ open: false })
      return errorResponse(409, { detail: 'This poll has closed.' })
    },
  }
  const { user } = openPoll(answers, { person })
  await user.click(await screen.findByRole('radio', { name: 'Tuesday' }))
  await user.click(screen.getByRole('button', { name: 'Vote' }))
  expect(await screen.findByRole('heading', { name: 'Result' })).toBeVisible()
  expect(screen.queryByRole('radio')).not.toBeInTheDocument()
})

test('a failed vote can be repeated', async () => {
  const { user } = openPoll({ [ONE]: makePoll(), [`PUT ${ONE}vote/`]: errorResponse(503) }, { person })
  await user.click(await screen.findByRole('radio', { name: 'Tuesday' }))
  await user.click(screen.getByRole('button', { name: 'Vote' }))
  expect(await screen.findByRole('alert')).toBeVisible()
  expect(screen.getByRole('button', { name: 'Vote' })).toBeEnabled()
})

test('an anonymous visitor sees the poll and a link to sign-in', async () => {
  openPoll({ [ONE]: makePoll() })
  const link = await screen.findByRole('link', { name: 'Sign in' })
  expect(link).toHaveAttribute('href', '/sign-in?next=%2Fpolls%2F7')
  expect(link.parentElement).toHaveTextContent('Sign in to vote.')
  expect(screen.queryByRole('radio')).not.toBeInTheDocument()
})

test('a vote by another person appears by itself', async () => {
  let poll = makePoll()
  openPoll({ [ONE]: () => poll })
  await screen.findByText('4 votes')
  poll = makePoll({ votes: 5 })
  await sockets.update('polls:7')
  expect(await screen.findByText('5 votes')).toBeVisible()
})

test('the page shows how many people look at it', async () => {
  const { requests } = openPoll({ [ONE]: makePoll(), [PRESENCE]: { people: 12 } }, { person })
  expect(await screen.findByText('12 people are looking at this')).toBeVisible()
  expect(requests.find(({ path }) => path === '/api/portal/presence/').body).toEqual({ topic: 'polls:7' })
})

test('when the time has come, the page fetches the result by itself', async () => {
  jest.useFakeTimers()
  let poll = makePoll({ closes_at: new Date(Date.now() + 5_000).toISOString() })
  openPoll({ [ONE]: () => poll })
  await act(() => jest.advanceTimersByTimeAsync(0))
  expect(screen.getByRole('heading', { name: 'Votes so far' })).toBeVisible()
  poll = makePoll({ open: false })
  await act(() => jest.advanceTimersByTimeAsync(7_000))
  expect(screen.getByRole('heading', { name: 'Result' })).toBeVisible()
  jest.useRealTimers()
})

test('the author closes the poll after a question, and can export it', async () => {
  let poll = makePoll({ mine: true })
  const answers = {
    [ONE]: () => poll,
    [`POST ${ONE}close/`]: () => (poll = makePoll({ mine: true, open: false })),
  }
  const { user } = openPoll(answers, { person })
  expect(await screen.findByRole('link', { name: 'Export as CSV' })).toHaveAttribute('href', `${ONE}export/`)
  await user.click(screen.getByRole('button', { name: 'Close now' }))
  await user.click(await screen.findByRole('button', { name: 'Close the poll' }))
  expect(await screen.findByRole('heading', { name: 'Result' })).toBeVisible()
  expect(screen.queryByRole('button', { name: 'Close now' })).not.toBeInTheDocument()
})

test.each([
  ['another person', makePerson(), false],
  ['a maintainer', makePerson({ roles: ['maintainer'] }), true],
  ['an anonymous visitor', null, false],
])('%s sees what runs the poll: %p', async (_, reader, sees) => {
  openPoll({ [ONE]: makePoll() }, { person: reader })
  await screen.findByText('4 votes')
  expect(Boolean(screen.queryByRole('heading', { name: 'Run this poll' }))).toBe(sees)
})

test('a refused close is explained', async () => {
  const refusal = errorResponse(403, { detail: 'Only the author of a poll can close it.' })
  const { user } = openPoll({ [ONE]: makePoll({ mine: true }), [`POST ${ONE}close/`]: refusal }, { person })
  await user.click(await screen.findByRole('button', { name: 'Close now' }))
  await user.click(await screen.findByRole('button', { name: 'Close the poll' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('Only the author of a poll can close it.')
})

test('a poll that does not exist cannot be fetched again', async () => {
  openPoll({ [ONE]: errorResponse(404, { detail: 'No poll matches.' }) })
  expect(await screen.findByRole('heading', { level: 1, name: 'Poll not found' })).toBeVisible()
  expect(screen.getByRole('link', { name: 'All polls' })).toHaveAttribute('href', '/polls')
  expect(screen.queryByRole('button', { name: 'Try again' })).not.toBeInTheDocument()
})

test('the document of a poll can be read, and its author removes it', async () => {
  let poll = makePoll({ mine: true, document: { name: 'The plan.pdf', url: `${ONE}document/` } })
  const { user } = openPoll(
    { [ONE]: () => poll, [`DELETE ${ONE}document/`]: () => void (poll = makePoll({ mine: true })) },
    { person },
  )
  expect(await screen.findByRole('link', { name: 'The plan.pdf' })).toHaveAttribute('href', `${ONE}document/`)
  await user.click(screen.getByRole('button', { name: 'Remove the document' }))
  await waitFor(() => expect(screen.queryByText('The plan.pdf')).not.toBeInTheDocument())
  expect(screen.queryByRole('button', { name: 'Remove the document' })).not.toBeInTheDocument()
})

test('the author adds a document', async () => {
  let poll = makePoll({ mine: true })
  const added = { name: 'The plan.pdf', url: `${ONE}document/` }
  const { user } = openPoll(
    {
      [ONE]: () => poll,
      [`PUT ${ONE}document/`]: () => (poll = makePoll({ mine: true, document: added })).document,
    },
    { person },
  )
  const file = new File(['%PDF-1.7'], 'The plan.pdf', { type: 'application/pdf' })
  await user.upload(await screen.findByLabelText('Document to read before voting'), file)
  expect(await screen.findByRole('link', { name: 'The plan.pdf' })).toBeVisible()
})
