import { errorResponse, fakeSockets, jsonResponse, makePerson, mockApi, renderPage } from '@portal/testing'
import { act, screen, waitFor, within } from '@testing-library/react'
import Polls from '../frontend/index.jsx'
import { listOf, makePoll } from './makePoll.js'

const LIST = '/api/polls/'
const DRAFT = '/api/polls/draft/'
const AUDIENCE = '/api/polls/audience/'

/** Open the form. @param {Record<string, any>} answers */
function openForm(answers = {}, person = makePerson(), portal = {}) {
  const requests = mockApi({
    [DRAFT]: jsonResponse(204, null),
    [`PUT ${DRAFT}`]: (body) => ({ ...body, saved_at: '2026-01-01T00:00:00Z' }),
    [`DELETE ${DRAFT}`]: jsonResponse(204, null),
    [AUDIENCE]: { roles: [] },
    'POST /api/portal/presence/': { people: 1 },
    [`${LIST}?show=open`]: listOf(),
    ...answers,
  })
  const view = renderPage(Polls, { app: 'polls', path: 'new', portal: { ...portal, person } })
  const sent = (method, path) => requests.filter((one) => one.method === method && one.path === path)
  return { requests, sent, ...view }
}

async function fillIn(user) {
  await user.type(await screen.findByRole('textbox', { name: 'Question' }), 'Tea?')
  await user.type(screen.getByRole('textbox', { name: 'Choice 1' }), 'Yes')
  await user.type(screen.getByRole('textbox', { name: 'Choice 2' }), 'No')
}

beforeEach(() => fakeSockets())

test('a person publishes a poll, sees it, and the draft is deleted', async () => {
  const { user, sent } = openForm({ [`POST ${LIST}`]: makePoll(), [`${LIST}7/`]: makePoll() })
  await fillIn(user)
  await user.click(screen.getByRole('button', { name: 'Publish' }))
  expect(await screen.findByRole('heading', { name: 'Which day?', level: 1 })).toBeVisible()
  const { body } = sent('POST', LIST)[0]
  expect(body).toMatchObject({ question: 'Tea?', choices: ['Yes', 'No'], votes_can_change: true, roles: [] })
  const days = (Date.parse(body.closes_at) - Date.now()) / 86_400_000
  expect(days).toBeGreaterThan(6.95)
  expect(days).toBeLessThanOrEqual(7)
  expect(sent('DELETE', DRAFT)).toHaveLength(1)
})

test("the closing time is in the portal's time zone", async () => {
  const draft = {
    question: 'Tea?',
    choices: ['Yes', 'No'],
    closes_at: '2099-11-30T12:00:00Z',
    saved_at: '2026-01-01T00:00:00Z',
  }
  const answers = { [DRAFT]: draft, [`POST ${LIST}`]: makePoll(), [`${LIST}7/`]: makePoll() }
  const { user, sent } = openForm(answers, makePerson(), { time_zone: 'Asia/Kolkata' })
  const closes = within(await screen.findByRole('group', { name: 'Closes' }))
  expect(closes.getByRole('spinbutton', { name: /^hour/ })).toHaveAttribute('aria-valuetext', '5 PM')
  await user.click(closes.getByRole('spinbutton', { name: /^day/ }))
  await user.keyboard('15')
  await user.click(screen.getByRole('button', { name: 'Publish' }))
  await waitFor(() => expect(sent('POST', LIST)[0].body.closes_at).toBe('2099-11-15T12:00:00.000Z'))
  await screen.findByRole('heading', { name: 'Which day?', level: 1 })
})

test('a poll without a closing time is not published, and the error is at its field', async () => {
  const errors = [{ field: 'closes_at', message: 'This field is required.' }]
  const draft = { question: 'Tea?', choices: ['Yes', 'No'], closes_at: '', saved_at: '2026-01-01T00:00:00Z' }
  const { user, sent } = openForm({ [DRAFT]: draft, [`POST ${LIST}`]: errorResponse(400, { errors }) })
  await screen.findByDisplayValue('Tea?')
  await user.click(screen.getByRole('button', { name: 'Publish' }))
  await waitFor(() => expect(sent('POST', LIST)[0].body).not.toHaveProperty('closes_at'))
  expect(await screen.findByText('This field is required.')).toBeVisible()
})

test('what was typed before is there again, and can be discarded', async () => {
  const draft = { question: 'Half a', choices: ['Yes', '', 'Maybe'], saved_at: '2026-01-01T00:00:00Z' }
  const { user, sent } = openForm({ [DRAFT]: draft })
  expect(await screen.findByDisplayValue('Half a')).toBeVisible()
  expect(screen.getByRole('textbox', { name: 'Choice 3' })).toHaveValue('Maybe')
  await user.click(screen.getByRole('button', { name: 'Discard the draft' }))
  expect(screen.getByRole('textbox', { name: 'Question' })).toHaveValue('')
  await waitFor(() => expect(sent('DELETE', DRAFT)).toHaveLength(1))
})

test('what is typed is saved, and the page says so', async () => {
  const { user, sent } = openForm()
  await user.type(await screen.findByRole('textbox', { name: 'Question' }), 'Tea?')
  expect(screen.getByText('Saving the draft…')).toBeVisible()
  expect(await screen.findByText('Draft saved', {}, { timeout: 3_000 })).toBeVisible()
  expect(sent('PUT', DRAFT).at(-1).body.question).toBe('Tea?')
})

test('a poll can be published while drafts cannot be kept', async () => {
  const outage = errorResponse(503, { detail: 'Drafts cannot be kept right now.' })
  const down = { [DRAFT]: outage, [`PUT ${DRAFT}`]: outage, [`DELETE ${DRAFT}`]: outage }
  const { user } = openForm({ ...down, [`POST ${LIST}`]: makePoll(), [`${LIST}7/`]: makePoll() })
  expect(await screen.findByText('The draft is not saved yet.')).toBeVisible()
  await fillIn(user)
  await user.click(screen.getByRole('button', { name: 'Publish' }))
  expect(await screen.findByRole('heading', { name: 'Which day?', level: 1 })).toBeVisible()
})

test('choices can be added and removed, from 2 to 10', async () => {
  const { user } = openForm()
  const add = await screen.findByRole('button', { name: 'Add a choice' })
  expect(screen.queryByRole('button', { name: /Remove choice/ })).not.toBeInTheDocument()
  for (let number = 2; number < 10; number++) await user.click(add)
  expect(screen.getByRole('textbox', { name: 'Choice 10' })).toBeVisible()
  expect(add).not.toBeInTheDocument()
  await user.type(screen.getByRole('textbox', { name: 'Choice 3' }), 'Third')
  await user.click(screen.getByRole('button', { name: 'Remove choice 2' }))
  expect(screen.getByRole('textbox', { name: 'Choice 2' })).toHaveValue('Third')
})

test('choices are moved by keyboard, and the focus stays with the one that moves', async () => {
  const { user } = openForm()
  await fillIn(user)
  const down = screen.getByRole('button', { name: 'Move choice 1 down' })
  down.focus()
  await user.keyboard('{Enter}')
  expect(screen.getByRole('textbox', { name: 'Choice 1' })).toHaveValue('No')
  expect(screen.getByRole('textbox', { name: 'Choice 2' })).toHaveValue('Yes')
  expect(screen.getByRole('button', { name: 'Move choice 2 up' })).toHaveFocus() // it cannot move further down
  await user.keyboard('{Enter}')
  expect(screen.getByRole('textbox', { name: 'Choice 1' })).toHaveValue('Yes')
})

test('a new choice has the focus, and the one before a removed choice', async () => {
  const { user } = openForm()
  await user.click(await screen.findByRole('button', { name: 'Add a choice' }))
  expect(screen.getByRole('textbox', { name: 'Choice 3' })).toHaveFocus()
  await user.click(screen.getByRole('button', { name: 'Remove choice 3' }))
  expect(screen.getByRole('textbox', { name: 'Choice 2' })).toHaveFocus()
})

test('the preview shows what others will see', async () => {
  const { user } = openForm()
  await fillIn(user)
  await user.click(screen.getByRole('checkbox', { name: /Results are hidden/ }))
  const preview = screen.getByRole('region', { name: 'Preview' })
  expect(preview).toHaveTextContent(/Tea\?YesNoCloses in .*The results show once you have voted/)
})

test('the server explains beside each field what is wrong', async () => {
  const errors = [
    { field: 'choices', message: 'Two choices are the same.' },
    { field: 'closes_at', message: 'A poll closes in the future.' },
  ]
  const { user } = openForm({ [`POST ${LIST}`]: errorResponse(400, { detail: 'Invalid.', errors }) })
  await fillIn(user)
  await user.click(screen.getByRole('button', { name: 'Publish' }))
  expect((await screen.findAllByText(/Two choices are the same/))[0]).toBeVisible()
  const closes = within(screen.getByRole('group', { name: 'Closes' }))
  expect(closes.getAllByRole('spinbutton')[0]).toBeInvalid()
  await user.click(screen.getByRole('button', { name: 'Closes: A poll closes in the future.' }))
  expect(closes.getAllByRole('spinbutton')[0]).toHaveFocus()
  expect(screen.getByRole('textbox', { name: 'Question' })).toHaveValue('Tea?')
})

test('another refusal is explained', async () => {
  const refusal = errorResponse(429, { detail: 'You can open 20 polls in a day.' })
  const { user } = openForm({ [`POST ${LIST}`]: refusal })
  await fillIn(user)
  await user.click(screen.getByRole('button', { name: 'Publish' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('You can open 20 polls in a day.')
})

test('some people choose whom to notify', async () => {
  const roles = [
    { name: 'student', title: 'Student' },
    { name: 'staff', title: 'Staff' },
  ]
  const answers = { [AUDIENCE]: { roles }, [`POST ${LIST}`]: makePoll(), [`${LIST}7/`]: makePoll() }
  const { user, sent } = openForm(answers)
  await fillIn(user)
  await user.click(await screen.findByRole('checkbox', { name: 'Student' }))
  await user.click(screen.getByRole('button', { name: 'Publish' }))
  await waitFor(() => expect(sent('POST', LIST)[0].body.roles).toEqual(['student']))
  await screen.findByRole('heading', { name: 'Which day?', level: 1 })
})

test('others have no such choice', async () => {
  openForm()
  await screen.findByRole('textbox', { name: 'Question' })
  await act(async () => {})
  expect(screen.queryByText('Tell people about it')).not.toBeInTheDocument()
})

test('an anonymous visitor gets a link to sign-in', async () => {
  openForm({}, null)
  const link = await screen.findByRole('link', { name: 'Sign in' })
  expect(link).toHaveAttribute('href', '/sign-in?next=%2Fpolls%2Fnew')
  expect(screen.queryByRole('textbox')).not.toBeInTheDocument()
})
