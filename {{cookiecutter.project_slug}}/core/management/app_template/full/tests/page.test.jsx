import { errorResponse, fakeSockets, jsonResponse, makePerson, mockApi, renderPage } from '@portal/testing'
import { screen, waitFor } from '@testing-library/react'
import AppPage from '../frontend/index.jsx'

const APP = '{{ app_name }}'
const LIST = `/api/${APP}/`
const DRAFT = `${LIST}draft/`
const person = makePerson()

const makeEntry = (text, id = 0) => ({
  id,
  text,
  photo: null,
  created_at: '2026-01-01T12:00:00Z',
  remind_at: null,
  is_mine: true,
})

const listOf = (...texts) => ({ next: null, previous: null, results: texts.map(makeEntry) })

/** Open the page of a person without a draft. @param {Record<string, any>} answers */
function openPage(answers, { portal = { person }, path = '' } = {}) {
  const none = jsonResponse(204, null)
  const requests = mockApi({
    [DRAFT]: none,
    [`DELETE ${DRAFT}`]: none,
    [`PUT ${DRAFT}`]: (body) => ({ ...body, saved_at: '2026-01-01T12:00:00Z' }),
    ...answers,
  })
  return { requests, ...renderPage(AppPage, { app: APP, portal, path }) }
}

let sockets
beforeEach(() => {
  sockets = fakeSockets()
})

test('an empty list says so', async () => {
  openPage({ [LIST]: listOf() }, { portal: {} })
  expect(await screen.findByText('Nothing here yet')).toBeVisible()
})

test('a new entry appears in the list, and the form is empty again', async () => {
  const texts = ['First']
  const { user, requests } = openPage({
    [LIST]: () => listOf(...texts),
    [`POST ${LIST}`]: ({ text }) => texts.push(text),
  })
  await user.type(await screen.findByRole('textbox', { name: 'Text' }), 'Second')
  await user.click(screen.getByRole('button', { name: 'Add' }))
  expect(await screen.findByText('Second')).toBeVisible()
  expect(screen.getByRole('textbox', { name: 'Text' })).toHaveValue('')
  const sent = requests.find(({ method, path }) => method === 'POST' && path === LIST)
  expect(sent.body).toEqual({ text: 'Second', remind_at: null })
})

test('an error is at its field, and the text stays there', async () => {
  const { user } = openPage({
    [LIST]: listOf(),
    [`POST ${LIST}`]: errorResponse(400, { errors: [{ field: 'text', message: 'That is too long.' }] }),
  })
  const field = await screen.findByRole('textbox', { name: 'Text' })
  await user.type(field, 'Words')
  await user.click(screen.getByRole('button', { name: 'Add' }))
  await waitFor(() => expect(field).toHaveAccessibleDescription('That is too long.'))
  expect(field).toHaveValue('Words')
})

test('what was typed before is in the form', async () => {
  openPage({ [LIST]: listOf(), [DRAFT]: { text: 'Half a', saved_at: '2026-01-01T12:00:00Z' } })
  expect(await screen.findByDisplayValue('Half a')).toBeVisible()
  expect(screen.getByText('Draft saved')).toBeVisible()
})

test('the list is searched', async () => {
  const { user } = openPage({ [LIST]: listOf('First', 'Second'), [`${LIST}?search=sec`]: listOf('Second') })
  await screen.findByText('First')
  await user.type(screen.getByRole('searchbox', { name: 'Search' }), 'sec')
  await waitFor(() => expect(screen.queryByText('First')).toBeNull())
  expect(screen.getByText('Second')).toBeVisible()
})

test('an entry has a page of its own, with the way back', async () => {
  const { user } = openPage({ [LIST]: listOf('First'), [`${LIST}0/`]: makeEntry('First') })
  await user.click(await screen.findByRole('link', { name: 'First' }))
  expect(await screen.findByRole('heading', { name: 'First' })).toBeVisible()
  expect(document.title).toMatch(/^First/)
  const breadcrumbs = screen.getByRole('navigation', { name: 'Breadcrumbs' })
  expect([...breadcrumbs.querySelectorAll('a')].map((link) => link.pathname)).toEqual(['/', `/${APP}`])
})

test.each(['7', 'draft', '7/more'])('there is no page at the path %s', async (path) => {
  openPage({ [DRAFT]: { text: 'Half a' } }, { path })
  expect(await screen.findByRole('heading', { name: 'Page not found' })).toBeVisible()
})

test('the author turns off a reminder, and "Undo" turns it on again', async () => {
  const entry = { ...makeEntry('First'), remind_at: '2030-01-01T12:00:00Z' }
  const change = (body) => Object.assign(entry, body)
  const { user } = openPage({ [`${LIST}0/`]: () => entry, [`PATCH ${LIST}0/`]: change }, { path: '0' })
  await user.click(await screen.findByRole('button', { name: 'Turn off' }))
  expect(screen.queryByText(/^Reminder in/)).toBeNull()
  await waitFor(() => expect(entry.remind_at).toBeNull())
  await user.click(await screen.findByRole('button', { name: 'Undo' }))
  expect(screen.getByRole('button', { name: 'Turn off' })).toBeVisible()
  await waitFor(() => expect(entry.remind_at).toBe('2030-01-01T12:00:00Z'))
})

test('the author uploads a photo', async () => {
  const { user, requests } = openPage(
    { [`${LIST}0/`]: makeEntry('First'), [`PUT ${LIST}0/photo/`]: { small: '/small', large: '/large' } },
    { path: '0' },
  )
  await user.upload(await screen.findByLabelText('Photo'), new File(['x'], 'me.png', { type: 'image/png' }))
  const sent = () => requests.filter(({ method }) => method === 'PUT')
  await waitFor(() => expect(sent()).toHaveLength(1))
  expect(sent()[0].body.file.name).toBe('me.png')
})

test('an entry that is deleted disappears at once, and "Undo" brings it back', async () => {
  const { user, requests } = openPage({ [LIST]: listOf('First') })
  await user.click(await screen.findByRole('button', { name: 'Delete First' }))
  expect(screen.queryByText('First')).toBeNull()
  await user.click(await screen.findByRole('button', { name: 'Undo' }))
  expect(screen.getByText('First')).toBeVisible()
  expect(requests.filter(({ method, path }) => method === 'DELETE' && path !== DRAFT)).toEqual([])
})

test('an entry of another person appears by itself', async () => {
  const texts = ['First']
  openPage({ [LIST]: () => listOf(...texts) })
  await screen.findByText('First')
  texts.push('Second')
  await sockets.update(`${APP}:entries`)
  expect(await screen.findByText('Second')).toBeVisible()
})
