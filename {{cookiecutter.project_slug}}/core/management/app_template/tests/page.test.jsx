import { mockApi, fakeSockets, makePerson, errorResponse, renderPage } from '@portal/testing'
import { screen } from '@testing-library/react'
import AppPage from '../frontend/index.jsx'

const APP = '{{ app_name }}'
const LIST = `/api/${APP}/`
const person = makePerson()

const listOf = (...texts) => ({
  next: null,
  previous: null,
  results: texts.map((text, id) => ({ id, text, created_at: '2026-01-01T12:00:00Z' })),
})

let sockets
beforeEach(() => {
  sockets = fakeSockets()
})

test('an empty list says so', async () => {
  mockApi({ [LIST]: listOf() })
  renderPage(AppPage, { app: APP })
  expect(await screen.findByText('Nothing here yet')).toBeVisible()
})

test('a new entry appears in the list', async () => {
  const texts = ['First']
  mockApi({ [LIST]: () => listOf(...texts), [`POST ${LIST}`]: ({ text }) => texts.push(text) })
  const { user } = renderPage(AppPage, { app: APP, portal: { person } })
  await user.type(await screen.findByRole('textbox', { name: 'Text' }), 'Second')
  await user.click(screen.getByRole('button', { name: 'Add' }))
  expect(await screen.findByText('Second')).toBeVisible()
  expect(screen.getByRole('textbox', { name: 'Text' })).toHaveValue('')
})

test('an error is explained, and the text stays in the field', async () => {
  mockApi({ [LIST]: listOf(), [`POST ${LIST}`]: errorResponse(400, { detail: 'That is too long.' }) })
  const { user } = renderPage(AppPage, { app: APP, portal: { person } })
  await user.type(await screen.findByRole('textbox', { name: 'Text' }), 'Words')
  await user.click(screen.getByRole('button', { name: 'Add' }))
  expect(await screen.findByRole('alert')).toHaveTextContent('That is too long.')
  expect(screen.getByRole('textbox', { name: 'Text' })).toHaveValue('Words')
})

test('an entry of another person appears by itself', async () => {
  const texts = ['First']
  mockApi({ [LIST]: () => listOf(...texts) })
  renderPage(AppPage, { app: APP })
  await screen.findByText('First')
  texts.push('Second')
  await sockets.send(`/ws/${APP}/`, { type: `${APP}.changed` })
  expect(await screen.findByText('Second')).toBeVisible()
})
