import { errorResponse, fakeSockets, jsonResponse, makePerson, mockApi, renderPage } from '@portal/testing'
import { screen, waitFor } from '@testing-library/react'
import AppPage from '../frontend/index.jsx'

const APP = '{{ app_name }}'
const LIST = `/api/${APP}/`
const DRAFT = `${LIST}draft/`
const person = makePerson()

const listOf = (...texts) => ({
  next: null,
  previous: null,
  results: texts.map((text, id) => ({
    id,
    text,
    photo: null,
    created_at: '2026-01-01T12:00:00Z',
    remind_at: null,
    is_mine: true,
  })),
})

/** Open the page of a person without a draft. @param {Record<string, any>} answers */
function openPage(answers, portal = { person }) {
  const none = jsonResponse(204, null)
  const requests = mockApi({
    [DRAFT]: none,
    [`DELETE ${DRAFT}`]: none,
    [`PUT ${DRAFT}`]: (body) => ({ ...body, saved_at: '2026-01-01T12:00:00Z' }),
    ...answers,
  })
  return { requests, ...renderPage(AppPage, { app: APP, portal }) }
}

let sockets
beforeEach(() => {
  sockets = fakeSockets()
})

test('an empty list says so', async () => {
  openPage({ [LIST]: listOf() }, {})
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

test('an error is explained, and the text stays in the field', async () => {
  const { user } = openPage({
    [LIST]: listOf(),
    [`POST ${LIST}`]: errorResponse(400, { detail: 'That is too long.' }),
  })
  await user.type(await screen.findByRole('textbox', { name: 'Text' }), 'Words')
  await user.click(screen.getByRole('button', { name: 'Add' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('That is too long.')
  expect(screen.getByRole('textbox', { name: 'Text' })).toHaveValue('Words')
})

test('what was typed before is in the form', async () => {
  openPage({ [LIST]: listOf(), [DRAFT]: { text: 'Half a', saved_at: '2026-01-01T12:00:00Z' } })
  expect(await screen.findByDisplayValue('Half a')).toBeVisible()
  expect(screen.getByText('Draft saved')).toBeVisible()
})

test('the author uploads a photo', async () => {
  const { user, requests } = openPage({
    [LIST]: listOf('First'),
    [`PUT ${LIST}0/photo/`]: { small: '/small', large: '/large' },
  })
  await user.click(await screen.findByRole('button', { name: 'Photo of First' }))
  await user.upload(screen.getByLabelText('Photo'), new File(['x'], 'me.png', { type: 'image/png' }))
  await waitFor(() => expect(screen.queryByRole('dialog')).toBeNull())
  expect(requests.find(({ method }) => method === 'PUT').body.file.name).toBe('me.png')
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
