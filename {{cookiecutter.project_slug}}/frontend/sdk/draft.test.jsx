import { errorResponse, mockApi, renderInPortal } from '@portal/testing'
import { act, screen } from '@testing-library/react'
import { DraftKeeper, useDraft } from './draft.js'

const PATH = '/api/letters/draft/'
const INITIAL = { text: '', tags: [] }

/** A server that keeps one draft, and the requests that it got. `server.answer = …` replaces its answers. */
function fakeServer(draft = null) {
  let saves = 0
  const server = { draft, answer: null, requests: [] }
  const change = (next) => () => {
    if (server.answer) return server.answer()
    server.draft = next()
    return server.draft
  }
  server.requests = mockApi({
    [PATH]: () => (server.answer ? server.answer() : server.draft),
    [`PUT ${PATH}`]: (body) => change(() => ({ ...body, saved_at: `2026-01-01T00:00:0${++saves}Z` }))(),
    [`DELETE ${PATH}`]: change(() => null),
  })
  server.sent = (method) => server.requests.filter((request) => request.method === method)
  return server
}

/** Let the answers of requests arrive. */
const settle = () => act(() => jest.advanceTimersByTimeAsync(0))
const wait = (milliseconds) => act(() => jest.advanceTimersByTimeAsync(milliseconds))

function setVisibility(state) {
  jest.spyOn(document, 'visibilityState', 'get').mockReturnValue(state)
  document.dispatchEvent(new Event('visibilitychange'))
}

const running = []
async function openTab() {
  const keeper = new DraftKeeper(PATH, INITIAL)
  const stop = keeper.start()
  running.push(stop)
  await settle()
  return Object.assign(keeper, { stop })
}

beforeEach(() => jest.useFakeTimers())
afterEach(() => {
  for (const stop of running.splice(0)) stop()
  jest.useRealTimers()
  jest.restoreAllMocks()
})

test('without a draft, the form is empty and nothing is saved', async () => {
  const server = fakeServer()
  const tab = await openTab()
  await wait(60_000)
  expect(tab.getState()).toEqual({ value: INITIAL, status: 'idle', error: null, restored: false })
  expect(server.requests).toHaveLength(1)
})

test('what was typed comes back after a reload, and fields that it lacks are empty', async () => {
  fakeServer({ text: 'Dear', saved_at: '2026-01-01T00:00:00Z' })
  const tab = await openTab()
  expect(tab.getState()).toMatchObject({
    value: { text: 'Dear', tags: [] },
    status: 'saved',
    restored: true,
  })
})

test('changes are saved once, when the person pauses', async () => {
  const server = fakeServer()
  const tab = await openTab()
  for (const text of ['D', 'De', 'Dear']) {
    tab.setValue({ ...INITIAL, text })
    await wait(300)
  }
  expect(tab.getState().status).toBe('saving')
  expect(server.sent('PUT')).toHaveLength(0)
  await wait(800)
  expect(server.sent('PUT').map(({ body }) => body)).toEqual([{ text: 'Dear', tags: [] }])
  expect(tab.getState().status).toBe('saved')
})

test('what is typed while the draft loads is kept and saved', async () => {
  const server = fakeServer({ text: 'Old', saved_at: '2026-01-01T00:00:00Z' })
  const tab = new DraftKeeper(PATH, INITIAL)
  running.push(tab.start())
  tab.setValue((value) => ({ ...value, text: 'New' }))
  await wait(1_000)
  expect(tab.getState()).toMatchObject({ value: { text: 'New' }, status: 'saved' })
  expect(server.draft.text).toBe('New')
})

test('what is typed while an earlier version is being saved is saved too', async () => {
  const server = fakeServer()
  const tab = await openTab()
  tab.setValue({ ...INITIAL, text: 'one' })
  act(() => jest.advanceTimersByTime(800)) // the request is sent, and its answer has not arrived
  tab.setValue({ ...INITIAL, text: 'two' })
  await settle()
  expect(tab.getState().status).toBe('saving')
  await wait(1_000)
  expect(server.draft.text).toBe('two')
  expect(tab.getState().status).toBe('saved')
})

test.each([
  ['hidden', () => setVisibility('hidden')],
  ['closed', () => window.dispatchEvent(new Event('pagehide'))],
])('when the tab is %s, changes are saved at once by a request that outlives the page', async (_, leave) => {
  const server = fakeServer()
  const tab = await openTab()
  const send = jest.spyOn(globalThis, 'fetch')
  tab.setValue({ ...INITIAL, text: 'Dear' })
  leave()
  await settle()
  expect(server.draft.text).toBe('Dear')
  expect(send.mock.calls[0][1].keepalive).toBe(true)
})

test('leaving the page within the portal saves too', async () => {
  const server = fakeServer()
  const tab = await openTab()
  tab.setValue({ ...INITIAL, text: 'Dear' })
  tab.stop()
  await settle()
  expect(server.draft.text).toBe('Dear')
})

test('of two tabs, the last write wins, and the other shows it when it gets the focus', async () => {
  const server = fakeServer()
  const first = await openTab()
  const second = await openTab()
  first.setValue({ ...INITIAL, text: 'first' })
  await wait(1_000)
  second.setValue({ ...INITIAL, text: 'second' })
  await wait(1_000)
  expect(server.draft.text).toBe('second')
  expect(first.getState().value.text).toBe('first')
  window.dispatchEvent(new Event('focus'))
  await settle()
  expect(first.getState()).toMatchObject({ value: { text: 'second' }, status: 'saved' })
})

test('a tab that is being typed in keeps its text when it gets the focus', async () => {
  const server = fakeServer()
  const tab = await openTab()
  tab.setValue({ ...INITIAL, text: 'mine' })
  server.draft = { text: 'other', saved_at: '2026-02-01T00:00:00Z' }
  window.dispatchEvent(new Event('focus'))
  await settle()
  expect(tab.getState().value.text).toBe('mine')
})

test('a draft that is gone from the server takes no text away', async () => {
  const server = fakeServer()
  const tab = await openTab()
  tab.setValue({ ...INITIAL, text: 'mine' })
  await wait(1_000)
  server.draft = null
  setVisibility('visible')
  await settle()
  expect(tab.getState().value.text).toBe('mine')
})

test('a store that is down is reported, the text stays, and saving is tried again until it works', async () => {
  const server = fakeServer()
  const tab = await openTab()
  server.answer = () =>
    errorResponse(503, { detail: 'Drafts cannot be kept right now.' }, { 'Retry-After': '5' })
  tab.setValue({ ...INITIAL, text: 'Dear' })
  await wait(1_000)
  expect(tab.getState()).toMatchObject({ value: { text: 'Dear' }, status: 'failed' })
  expect(tab.getState().error.message).toBe('Drafts cannot be kept right now.')
  await wait(4_000)
  expect(server.sent('PUT')).toHaveLength(1)
  server.answer = null
  await wait(2_000)
  expect(tab.getState()).toMatchObject({ status: 'saved', error: null })
  expect(server.draft.text).toBe('Dear')
})

test('a draft that the server refuses is not sent again until it changes', async () => {
  const server = fakeServer()
  const tab = await openTab()
  server.answer = () => errorResponse(400, { detail: 'Some fields are invalid.' })
  tab.setValue({ ...INITIAL, text: 'too long' })
  await wait(120_000)
  expect(server.sent('PUT')).toHaveLength(1)
  expect(tab.getState().status).toBe('failed')
  server.answer = null
  tab.setValue({ ...INITIAL, text: 'short' })
  await wait(1_000)
  expect(tab.getState().status).toBe('saved')
})

test('a draft that cannot be loaded is reported, and the form can be used', async () => {
  const server = fakeServer()
  server.answer = () => errorResponse(503)
  const tab = await openTab()
  expect(tab.getState()).toMatchObject({ value: INITIAL, status: 'failed' })
  server.answer = null
  tab.setValue({ ...INITIAL, text: 'Dear' })
  await wait(1_000)
  expect(tab.getState().status).toBe('saved')
})

test('discarding empties the form, deletes the draft, and saves nothing any more', async () => {
  const server = fakeServer({ text: 'Dear', saved_at: '2026-01-01T00:00:00Z' })
  const tab = await openTab()
  tab.setValue({ ...INITIAL, text: 'Dear all' })
  await act(() => tab.discard())
  await wait(60_000)
  expect(tab.getState()).toEqual({ value: INITIAL, status: 'idle', error: null, restored: false })
  expect(server.draft).toBeNull()
  expect(server.sent('PUT')).toHaveLength(0)
})

test('discarding waits for a request that is saving, which would bring the draft back', async () => {
  const server = fakeServer()
  const send = globalThis.fetch
  globalThis.fetch = async (path, options) => {
    if (options.method === 'PUT') await new Promise((arrived) => setTimeout(arrived, 500))
    return send(path, options)
  }
  const tab = await openTab()
  tab.setValue({ ...INITIAL, text: 'Dear' })
  await wait(1_000) // the request is on its way
  tab.discard()
  await wait(60_000)
  expect(server.requests.map(({ method }) => method)).toEqual(['GET', 'PUT', 'DELETE'])
  expect(server.draft).toBeNull()
  expect(tab.getState().status).toBe('idle')
})

test('a form uses it like state, and an anonymous visitor keeps nothing', async () => {
  const server = fakeServer({ text: 'Dear', saved_at: '2026-01-01T00:00:00Z' })
  function Form({ path }) {
    const draft = useDraft(path, { initial: INITIAL })
    return (
      <>
        <input
          aria-label="Text"
          value={draft.value.text}
          onChange={(event) => draft.setValue({ ...draft.value, text: event.target.value })}
        />
        <p role="status">{draft.status}</p>
      </>
    )
  }
  const view = renderInPortal(<Form path={PATH} />)
  await settle()
  expect(screen.getByRole('textbox')).toHaveValue('Dear')
  expect(screen.getByRole('status')).toHaveTextContent('saved')
  view.unmount()
  server.requests.length = 0
  renderInPortal(<Form path={null} />)
  await settle()
  expect(screen.getByRole('status')).toHaveTextContent('idle')
  expect(server.requests).toEqual([])
})
