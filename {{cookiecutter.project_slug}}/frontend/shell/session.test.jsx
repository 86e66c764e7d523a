import { api, useMutation, usePortal, useState } from '@portal/sdk'
import { Page } from '@portal/ui'
import { errorResponse, makePerson, makePortal, mockApi, renderInPortal } from '@portal/testing'
import { act, screen, waitFor } from '@testing-library/react'
import { loadPage } from './pages.js'
import { Shell } from './Shell.jsx'

jest.mock('./pages.js', () => ({
  SIGN_IN_AGAIN: 'SignInAgain',
  loadPage: jest.fn(),
  discardPage: () => {},
  isServicePage: (name) => ['sign-in', 'sign-out'].includes(name),
}))

const letters = { name: 'letters', title: 'Letters', description: '' }
const asha = makePerson()
const ravi = makePerson({ id: 2, username: 'ravi', display_name: 'Ravi Rao' })

let person, otherTab

function Letter() {
  const [text, setText] = useState('')
  const { mutate, error } = useMutation({ mutationFn: () => api('/api/letters/', { body: { text } }) })
  return (
    <Page title={`Letter of ${usePortal().person?.display_name ?? 'nobody'}`}>
      <textarea aria-label="Text" value={text} onChange={(event) => setText(event.target.value)} />
      <button onClick={() => mutate()}>Send</button>
      {error && <p>Not sent</p>}
    </Page>
  )
}

beforeEach(() => {
  person = asha
  const pages = {
    letters: Letter,
    SignInAgain: () => <p>Sign in again</p>,
    'sign-in': () => <Page title="Sign-in page" />,
    'sign-out': () => <Page title="Signed out" />,
  }
  loadPage.mockImplementation((name) => {
    const promise = Promise.resolve({ default: pages[name] })
    return Object.assign(promise, { status: 'fulfilled', value: { default: pages[name] } })
  })
  mockApi({
    '/api/portal/': () => makePortal({ apps: [letters], person }),
    'POST /api/letters/': () => (person ? {} : errorResponse(401)),
  })
  globalThis.BroadcastChannel = /** @type {any} */ (
    class {
      constructor() {
        otherTab = { send: (data) => act(async () => this['onmessage']({ data })) }
      }
      postMessage() {}
      close() {}
    }
  )
})
afterEach(() => delete globalThis.BroadcastChannel)

async function openLetter({ typed }) {
  const { user } = renderInPortal(<Shell />, { location: '/letters' })
  expect(await screen.findByRole('heading', { name: 'Letter of Asha Verma' })).toBeVisible()
  if (typed) await user.type(screen.getByLabelText('Text'), typed)
  return user
}

async function endSession({ typed }) {
  const user = await openLetter({ typed })
  person = null
  await user.click(screen.getByRole('button', { name: 'Send' }))
  return user
}

test('when the session ends, a page into which the person has typed stays until they sign in again', async () => {
  await endSession({ typed: 'Dear all' })
  expect(await screen.findByText('Sign in again')).toBeVisible()
  expect(screen.getByLabelText('Text')).toHaveValue('Dear all')
  expect(screen.getByRole('heading', { name: 'Letter of Asha Verma' })).toBeVisible()

  person = asha
  await otherTab.send({ kind: 'signed-in', person: asha.id })
  await waitFor(() => expect(screen.queryByText('Sign in again')).not.toBeInTheDocument())
  expect(screen.getByLabelText('Text')).toHaveValue('Dear all')
})

test('another person who signs in there does not see what was typed', async () => {
  await endSession({ typed: 'Dear all' })
  await screen.findByText('Sign in again')
  person = ravi
  await otherTab.send({ kind: 'signed-in', person: ravi.id })
  expect(await screen.findByRole('heading', { name: 'Letter of Ravi Rao' })).toBeVisible()
  expect(screen.queryByText('Sign in again')).not.toBeInTheDocument()
  expect(screen.getByLabelText('Text')).toHaveValue('')
})

test('when the session ends, a page without any input leads to the sign-in page', async () => {
  await endSession({ typed: '' })
  expect(await screen.findByRole('heading', { name: 'Sign-in page' })).toBeVisible()
})

test('after signing out in another tab, this one shows nothing of the person', async () => {
  await openLetter({ typed: 'Dear all' })
  person = null
  await otherTab.send({ kind: 'signed-out' })
  expect(await screen.findByRole('heading', { name: 'Letter of nobody' })).toBeVisible()
  expect(screen.getByLabelText('Text')).toHaveValue('')
  expect(screen.getByRole('banner')).not.toHaveTextContent('Asha Verma')
})

test('after another person signed in in another tab, this one is theirs', async () => {
  await openLetter({ typed: 'Dear all' })
  person = ravi
  await otherTab.send({ kind: 'signed-in', person: ravi.id })
  expect(await screen.findByRole('heading', { name: 'Letter of Ravi Rao' })).toBeVisible()
  expect(screen.getByLabelText('Text')).toHaveValue('')
})

test('the colour scheme that was chosen in another tab is shown here', async () => {
  await openLetter({ typed: '' })
  document.cookie = 'scheme=dark; Path=/'
  await otherTab.send({ kind: 'scheme', scheme: 'dark' })
  expect(document.documentElement.dataset.scheme).toBe('dark')
})
