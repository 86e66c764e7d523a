import { reset, subscribe } from './topics.js'

// Each test plays the server at the other end of a fake WebSocket.

let sockets, frames
beforeEach(() => {
  jest.useFakeTimers()
  ;[sockets, frames] = [[], []]
  globalThis.WebSocket = class {
    static CONNECTING = 0
    readyState = 1 // open
    constructor(url) {
      this.url = url
      this.close = jest.fn()
      sockets.push(this)
    }
    send(text) {
      frames.push(JSON.parse(text))
    }
  }
})
afterEach(() => {
  reset()
  jest.restoreAllMocks()
  jest.useRealTimers()
})

const listener = (changes = {}) => ({
  onUpdate: jest.fn(),
  onRefused: jest.fn(),
  onAccessLost: jest.fn(),
  ...changes,
})
const serverSends = (frame) => sockets.at(-1).onmessage({ data: JSON.stringify(frame) })
const open = () => {
  sockets.at(-1).onopen()
  jest.advanceTimersByTime(200)
}
const lose = (code = 1006) => sockets.at(-1).onclose({ code })

/** Let promises and the timers of `milliseconds` run. */
const wait = (milliseconds) => jest.advanceTimersByTimeAsync(milliseconds)

test('the socket opens with the first topic and closes after the last one', () => {
  expect(sockets).toHaveLength(0)
  const leave = [subscribe('polls:7', listener()), subscribe('person', listener())]
  expect(sockets.map(({ url }) => url)).toEqual(['ws://localhost/ws/portal/'])
  open()
  expect(frames).toEqual([{ subscribe: ['polls:7', 'person'] }])
  leave[0]()
  jest.advanceTimersByTime(1_500)
  expect(sockets[0].close).not.toHaveBeenCalled()
  leave[1]()
  jest.advanceTimersByTime(1_500)
  expect(sockets[0].close).toHaveBeenCalledTimes(1)
})

test('ten components with one topic are one subscription, which ends with the last of them', () => {
  const listeners = Array.from({ length: 10 }, () => listener())
  const leave = listeners.map((one) => subscribe('polls:7', one))
  subscribe('person', listener())
  open()
  serverSends({ subscribed: ['polls:7'] })
  serverSends({ updates: { 'polls:7': 5 } })
  for (const { onUpdate } of listeners)
    expect(onUpdate.mock.calls).toEqual([[{ type: 'resync' }], [{ type: 'update', version: 5 }]])
  for (const one of leave.slice(1)) one()
  jest.advanceTimersByTime(5_000)
  expect(frames).toEqual([{ subscribe: ['polls:7', 'person'] }])
  leave[0]()
  jest.advanceTimersByTime(5_000)
  expect(frames.at(-1)).toEqual({ unsubscribe: ['polls:7'] })
})

test('a topic that the next page needs again stays subscribed', () => {
  const leave = subscribe('polls:7', listener())
  open()
  serverSends({ subscribed: ['polls:7'] })
  leave()
  jest.advanceTimersByTime(500)
  const next = listener()
  subscribe('polls:7', next)
  jest.advanceTimersByTime(5_000)
  expect(frames).toEqual([{ subscribe: ['polls:7'] }])
  expect(next.onUpdate.mock.calls).toEqual([[{ type: 'resync' }]])
  expect(sockets).toHaveLength(1)
})

test('frames are batched, and are at most five a second', async () => {
  subscribe('polls:0', listener())
  open()
  const sentAt = []
  sockets[0].send = () => sentAt.push(Date.now())
  for (let number = 1; number < 40; number++) {
    subscribe(`polls:${number}`, listener())
    await wait(50)
  }
  const gaps = sentAt.slice(1).map((time, index) => time - sentAt[index])
  expect(Math.min(...gaps)).toBeGreaterThanOrEqual(200)
  expect(sentAt.length).toBeLessThanOrEqual(11)
})

test('a page with more topics than a frame holds subscribes to all of them', () => {
  for (let number = 0; number < 120; number++) subscribe(`polls:${number}`, listener())
  open()
  jest.advanceTimersByTime(1_000)
  expect(frames.map(({ subscribe: names }) => names.length)).toEqual([50, 50, 20])
})

test('an update is acknowledged after its function has handled it', async () => {
  let finish
  const onUpdate = jest.fn(
    (update) => update.type === 'update' && new Promise((resolve) => (finish = resolve)),
  )
  subscribe('polls:7', listener({ onUpdate }))
  open()
  serverSends({ subscribed: ['polls:7'], updates: { 'polls:7': 5 } })
  await wait(1_000)
  expect(frames).toEqual([{ subscribe: ['polls:7'] }])
  finish()
  await wait(1_000)
  expect(frames.at(-1)).toEqual({ acknowledge: { 'polls:7': 5 } })
})

test('a function that never ends does not stop the topic', async () => {
  subscribe('polls:7', listener({ onUpdate: () => new Promise(() => {}) }))
  open()
  serverSends({ updates: { 'polls:7': 5 } })
  await wait(6_000)
  expect(frames.at(-1)).toEqual({ acknowledge: { 'polls:7': 5 } })
})

test('an error in one component keeps the update from no other', async () => {
  jest.spyOn(console, 'error').mockImplementation(() => {})
  const other = listener()
  const failing = () => {
    throw new Error('broken')
  }
  subscribe('polls:7', listener({ onUpdate: failing }))
  subscribe('polls:7', other)
  open()
  serverSends({ updates: { 'polls:7': 5 } })
  await wait(1_000)
  expect(other.onUpdate).toHaveBeenCalledWith({ type: 'update', version: 5 })
  expect(frames.at(-1)).toEqual({ acknowledge: { 'polls:7': 5 } })
  expect(console.error).toHaveBeenCalled()
})

test('after an interruption, all topics are subscribed to again and synchronised', () => {
  const [poll, person] = [listener(), listener()]
  subscribe('polls:7', poll)
  subscribe('person', person)
  open()
  serverSends({ subscribed: ['polls:7', 'person'] })
  lose()
  jest.advanceTimersByTime(2_000)
  expect(sockets).toHaveLength(2)
  open()
  expect(frames.at(-1)).toEqual({ subscribe: ['polls:7', 'person'] })
  serverSends({ subscribed: ['polls:7', 'person'] })
  for (const { onUpdate } of [poll, person])
    expect(onUpdate.mock.calls).toEqual([[{ type: 'resync' }], [{ type: 'resync' }]])
})

test('a late acknowledgement is not sent over another connection', async () => {
  let finish
  subscribe('polls:7', listener({ onUpdate: () => new Promise((resolve) => (finish = resolve)) }), 1)
  open()
  serverSends({ updates: { 'polls:7': 5 } })
  subscribe('person', listener(), 2)
  open()
  finish()
  await wait(1_000)
  expect(frames.filter(({ acknowledge }) => acknowledge)).toEqual([])
})

test('a refused topic says why, also to components that come later, and is not asked for again', () => {
  const refusal = { status: 403, detail: 'No access to this topic.' }
  const [first, second] = [listener(), listener()]
  subscribe('polls:7', first)
  open()
  serverSends({ subscribed: [], refused: { 'polls:7': refusal } })
  subscribe('polls:7', second)
  jest.advanceTimersByTime(60_000)
  for (const { onRefused, onAccessLost } of [first, second]) {
    expect(onRefused.mock.calls).toEqual([[refusal]])
    expect(onAccessLost).not.toHaveBeenCalled()
  }
  expect(frames).toHaveLength(1)
})

test.each([429, 500, 503])(
  'a topic that was refused with %p is asked for again within 8 seconds',
  (status) => {
    const one = listener()
    subscribe('polls:7', one)
    open()
    serverSends({ refused: { 'polls:7': { status, detail: '' } } })
    jest.advanceTimersByTime(8_500)
    expect(frames).toEqual([{ subscribe: ['polls:7'] }, { subscribe: ['polls:7'] }])
    expect(one.onRefused).not.toHaveBeenCalled()
  },
)

test('when a right ends, the topic says so and all data is fetched again', () => {
  const refusal = { status: 403, detail: 'For students.' }
  const one = listener()
  subscribe('polls:7', one)
  open()
  serverSends({ subscribed: ['polls:7'] })
  serverSends({ dropped: { 'polls:7': refusal } })
  expect(one.onRefused.mock.calls).toEqual([[refusal]])
  expect(one.onAccessLost).toHaveBeenCalledTimes(1)
})

test.each([4001, 4003])('when the server closes the socket with %p, all data is fetched again', (code) => {
  const one = listener()
  subscribe('person', one, 1)
  open()
  lose(code)
  jest.advanceTimersByTime(1_000)
  expect(one.onAccessLost).toHaveBeenCalledTimes(1)
  jest.advanceTimersByTime(7_000)
  expect(sockets).toHaveLength(2) // the page is still open, so the person may have access again
})

test('another person gets another connection', () => {
  subscribe('polls:7', listener(), undefined)
  open()
  serverSends({ subscribed: ['polls:7'] })
  const one = listener()
  subscribe('polls:7', one, 1)
  expect(sockets[0].close).toHaveBeenCalledTimes(1)
  expect(sockets).toHaveLength(2)
  open()
  expect(frames.at(-1)).toEqual({ subscribe: ['polls:7'] })
  serverSends({ subscribed: ['polls:7'] })
  expect(one.onUpdate.mock.calls).toEqual([[{ type: 'resync' }]])
})

test.each(['online', 'visibilitychange'])(
  'a socket that lost its server unnoticed is replaced after %p',
  (event) => {
    subscribe('polls:7', listener())
    open()
    const target = event === 'online' ? window : document
    target.dispatchEvent(new Event(event))
    expect(frames.at(-1)).toEqual({ subscribe: [] })
    serverSends({ subscribed: [] })
    jest.advanceTimersByTime(10_000)
    expect(sockets).toHaveLength(1)
    target.dispatchEvent(new Event(event))
    jest.advanceTimersByTime(8_000) // the server does not answer
    expect(sockets).toHaveLength(2)
  },
)

test('frames that the page does not know are ignored', () => {
  subscribe('polls:7', listener())
  open()
  sockets[0].onmessage({ data: 'noise' })
  serverSends({
    subscribed: ['polls:8'],
    updates: { 'polls:8': 1 },
    dropped: { x: { status: 500 } },
    more: 1,
  })
  serverSends({ error: { status: 400, detail: 'No.' } })
})
