import { act, fireEvent, screen, within } from '@testing-library/react'
import { Dialog } from '@portal/ui/dialog'
import { toast, useUndoableChange, useUndoableDelete } from '@portal/ui/toast'
import { useItem, useList } from '@portal/sdk'
import { errorResponse, jsonResponse, makePortal, mockApi, renderInPortal } from '@portal/testing'

beforeEach(() => jest.useFakeTimers())
afterEach(() => jest.useRealTimers())

const show = (...args) => act(async () => void toast(...args))
const pass = (milliseconds) => act(() => jest.advanceTimersByTimeAsync(milliseconds))
const click = (name) => act(async () => screen.getByRole('button', { name }).click())

test('a message is in a live region, and goes after six seconds', async () => {
  await show('Saved')
  const region = screen.getByRole('region', { name: 'Messages' })
  expect(region).toHaveAttribute('aria-live', 'polite')
  expect(region).toHaveTextContent('Saved')
  await pass(5_900)
  expect(region).toHaveTextContent('Saved')
  await pass(200)
  expect(region).toBeEmptyDOMElement()
})

test('the clock stops while the pointer or the focus is on the message', async () => {
  await show('Saved')
  const message = screen.getByText('Saved').parentElement
  await pass(4_000)
  fireEvent.pointerEnter(message)
  await pass(60_000)
  fireEvent.pointerLeave(message)
  await pass(1_500)
  act(() => screen.getByRole('button', { name: 'Close' }).focus())
  await pass(60_000)
  expect(screen.getByText('Saved')).toBeVisible()
  act(() => screen.getByRole('button', { name: 'Close' }).blur())
  await pass(600)
  expect(screen.queryByText('Saved')).toBeNull()
})

test('an error stays until it is closed', async () => {
  await show('Not saved', { kind: 'error' })
  await pass(600_000)
  await click('Close')
  expect(screen.queryByText('Not saved')).toBeNull()
})

test('"Undo" calls its function, and only that', async () => {
  const undo = jest.fn()
  const onEnd = jest.fn()
  await show('Deleted', { undo, onEnd })
  await click('Undo')
  await pass(10_000)
  expect(undo).toHaveBeenCalledTimes(1)
  expect(onEnd).not.toHaveBeenCalled()
})

test('at most three messages are shown; the oldest one ends first', async () => {
  const onEnd = jest.fn()
  await show('One', { onEnd })
  for (const text of ['Two', 'Three', 'Four']) await show(text)
  expect(screen.queryByText('One')).toBeNull()
  expect(screen.getAllByRole('button', { name: 'Close' })).toHaveLength(3)
  expect(onEnd).toHaveBeenCalledTimes(1)
})

test('messages are inside the topmost dialog, and stay when it closes', async () => {
  const dialog = (open) => <Dialog open={open} title="Edit" onClose={() => {}} />
  const { rerender } = renderInPortal(dialog(true), { portal: makePortal() })
  await show('Saved')
  expect(within(screen.getByRole('dialog')).getByText('Saved')).toBeInTheDocument()
  rerender(dialog(false))
  expect(screen.queryByRole('dialog')).toBeNull()
  expect(screen.getByText('Saved')).toBeInTheDocument()
})

function Books() {
  const { items = [] } = useList('/api/library/?sort=title')
  const { remove, isDeleted } = useUndoableDelete('/api/library/')
  return items
    .filter(({ id }) => !isDeleted(`/api/library/${id}/`))
    .map(({ id, title }) => (
      <button key={id} onClick={() => remove(`/api/library/${id}/`, 'Book deleted')}>
        {title}
      </button>
    ))
}

async function openBooks(answer = jsonResponse(204, null)) {
  let books = [{ id: 1, title: 'Emma' }]
  const requests = mockApi({
    '/api/library/?sort=title': () => ({ next: null, results: books }),
    'DELETE /api/library/1/': () => {
      if (answer.status === 204) books = []
      return answer
    },
  })
  renderInPortal(<Books />, { portal: makePortal() })
  await pass(0)
  return () => requests.filter(({ method }) => method === 'DELETE')
}

test('a deleted item disappears at once, and is deleted five seconds later', async () => {
  const deletions = await openBooks()
  await click('Emma')
  expect(screen.queryByText('Emma')).toBeNull()
  await pass(4_900)
  expect(deletions()).toHaveLength(0)
  await pass(200)
  expect(deletions()).toMatchObject([{ path: '/api/library/1/' }])
  expect(deletions()[0].headers).toHaveProperty('X-CSRFToken')
  expect(screen.queryByText('Emma')).toBeNull()
})

test('"Undo" brings a deleted item back, and nothing is sent', async () => {
  const deletions = await openBooks()
  await click('Emma')
  await click('Undo')
  await pass(10_000)
  expect(screen.getByText('Emma')).toBeVisible()
  expect(deletions()).toHaveLength(0)
})

test('closing the page within the five seconds still deletes', async () => {
  const deletions = await openBooks()
  await click('Emma')
  await act(async () => void window.dispatchEvent(new Event('pagehide')))
  expect(deletions()).toHaveLength(1)
})

test('an item that could not be deleted comes back, with the reason', async () => {
  await openBooks(errorResponse(409, { detail: 'The book is on loan.' }))
  await click('Emma')
  await pass(5_100)
  expect(screen.getByText('Not deleted: The book is on loan.')).toBeVisible()
  expect(screen.getByText('Emma')).toBeVisible()
})

function Lending() {
  const { item: book } = useItem('/api/library/1/')
  const { change, withChange } = useUndoableChange('/api/library/')
  if (!book) return null
  const { title, lent } = withChange('/api/library/1/', book)
  const lend = () => change('/api/library/1/', book, { lent: true }, 'Book lent')
  return <button onClick={lend}>{`${title}: ${lent ? 'lent' : 'here'}`}</button>
}

/** @param {(body: object) => any} answer */
async function openLending(answer) {
  const book = { id: 1, title: 'Emma', lent: false }
  const requests = mockApi({
    '/api/library/1/': () => ({ ...book }),
    'PATCH /api/library/1/': (body) => answer(body) ?? Object.assign(book, body),
  })
  renderInPortal(<Lending />, { portal: makePortal() })
  await pass(0)
  return () => requests.filter(({ method }) => method === 'PATCH').map(({ body }) => body)
}

test('a change is visible before the server has answered, and "Undo" sends the old values after it', async () => {
  const answers = []
  const changes = await openLending(() => new Promise((resolve) => answers.push(resolve)))
  await click('Emma: here')
  expect(screen.getByText('Emma: lent')).toBeVisible()
  await click('Undo')
  expect(screen.getByText('Emma: here')).toBeVisible()
  await pass(0)
  expect(changes()).toEqual([{ lent: true }])
  answers[0]({})
  await pass(0)
  expect(screen.getByText('Emma: here')).toBeVisible()
  expect(changes()).toEqual([{ lent: true }, { lent: false }])
  answers[1]({})
  await pass(0)
})

test('a change that the server refuses goes, with the reason', async () => {
  await openLending(() => errorResponse(409, { detail: 'The book is on loan.' }))
  await click('Emma: here')
  await pass(100)
  expect(screen.getByText('Not saved: The book is on loan.')).toBeVisible()
  expect(screen.getByText('Emma: here')).toBeVisible()
})
