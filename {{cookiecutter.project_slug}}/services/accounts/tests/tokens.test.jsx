import { jsonResponse, makePerson, makePortal, mockApi, renderInPortal } from '@portal/testing'
import { screen, within } from '@testing-library/react'
import { Reauthentication } from '../frontend/forms/Reauthentication.jsx'
import { Tokens } from '../frontend/pages/account/Tokens.jsx'

const BASE = '/_allauth/browser/v1/'
const PATH = `${BASE}account/api-tokens`
const TEXT = 'portal_abcdef0123456789'
const SCOPES = [
  { name: 'polls.read', app: 'Polls', text: 'See polls' },
  { name: 'polls.vote', app: 'Polls', text: 'Vote in polls' },
]
const TOKEN = {
  id: 7,
  name: 'Nightly report',
  start: 'portal_abcdef',
  scopes: ['polls.read', 'gone.read'],
  created_at: '2026-01-01T00:00:00Z',
  expires_at: '2026-12-31T00:00:00Z',
  last_used_at: null,
}

const ok = (data) => ({ status: 200, data })

function open(tokens, answers = {}) {
  const portal = makePortal({ person: makePerson() })
  const requests = mockApi({
    '/api/portal/': portal,
    [PATH]: ok({ tokens, scopes: SCOPES }),
    ...answers,
  })
  const view = renderInPortal(
    <Reauthentication>
      <Tokens />
    </Reauthentication>,
    { portal },
  )
  return { ...view, sent: (method) => requests.filter((request) => request.method === method) }
}

async function fillIn(user) {
  await user.click(await screen.findByRole('button', { name: 'Create a token' }))
  await user.type(screen.getByLabelText('Name'), 'Nightly report')
  await user.selectOptions(screen.getByLabelText('Works for'), '90')
  await user.click(screen.getByRole('checkbox', { name: 'Polls: See polls' }))
  await user.click(screen.getByRole('button', { name: 'Create' }))
}

test('a new token is shown once, and listed', async () => {
  const { user, sent } = open([], {
    [`POST ${PATH}`]: ok({ tokens: [TOKEN], scopes: SCOPES, text: TEXT }),
  })
  expect(await screen.findByText('You have no API tokens.')).toBeVisible()
  await fillIn(user)
  expect(await screen.findByText(TEXT)).toBeVisible()
  expect(sent('POST')[0].body).toEqual({ name: 'Nightly report', days: 90, scopes: ['polls.read'] })
  await user.click(screen.getByRole('button', { name: 'Done' }))
  expect(screen.queryByText(TEXT)).toBeNull()
  expect(screen.getByText('Nightly report', { selector: '.item-title' })).toBeVisible()
  expect(screen.getByText(/See polls, gone\.read · Never used/)).toBeVisible()
  await user.click(screen.getByRole('button', { name: 'Create a token' }))
  expect(screen.queryByText(TEXT)).toBeNull()
})

test('the password is asked for again when it was typed long ago', async () => {
  const required = jsonResponse(401, {
    status: 401,
    data: { flows: [{ id: 'reauthenticate' }] },
    meta: { is_authenticated: true },
  })
  let isConfirmed = false
  const { user } = open([], {
    [`POST ${PATH}`]: () => (isConfirmed ? ok({ tokens: [TOKEN], scopes: SCOPES, text: TEXT }) : required),
    [`POST ${BASE}auth/reauthenticate`]: () => {
      isConfirmed = true
      return ok({})
    },
  })
  await fillIn(user)
  await user.type(await screen.findByLabelText('Your password'), 'a password')
  await user.click(screen.getByRole('button', { name: 'Continue' }))
  expect(await screen.findByText(TEXT)).toBeVisible()
})

test('what is wrong is said where it is', async () => {
  const errors = [
    { message: 'Choose at least one thing that the token may do.', code: 'required', param: 'scopes' },
  ]
  const { user } = open([], { [`POST ${PATH}`]: jsonResponse(400, { status: 400, errors }) })
  await fillIn(user)
  const group = within(await screen.findByRole('group', { name: 'What it may do' }))
  expect(await group.findByRole('alert')).toHaveTextContent('Choose at least one thing')
})

test('a token is revoked after a question', async () => {
  const { user, sent } = open([TOKEN], { [`DELETE ${PATH}`]: ok({ tokens: [], scopes: SCOPES }) })
  await user.click(await screen.findByRole('button', { name: 'Revoke Nightly report' }))
  const dialog = within(await screen.findByRole('alertdialog'))
  expect(dialog.getByText('Scripts that use it stop working at once.')).toBeVisible()
  await user.click(dialog.getByRole('button', { name: 'Revoke' }))
  expect(await screen.findByText('You have no API tokens.')).toBeVisible()
  expect(sent('DELETE')[0].body).toEqual({ token: 7 })
})

test('without an app that has scopes, there is nothing to create', async () => {
  open([], { [PATH]: ok({ tokens: [], scopes: [] }) })
  expect(await screen.findByText('You have no API tokens.')).toBeVisible()
  expect(screen.queryByRole('button', { name: 'Create a token' })).toBeNull()
})
