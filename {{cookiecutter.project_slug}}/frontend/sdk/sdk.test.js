import { ApiError, api, csrfToken } from './api.js'
import { keepOpen } from './socket.js'

function answer(status, body, type = 'application/json', headers = {}) {
  globalThis.fetch = jest.fn(async () => ({
    ok: status < 400,
    status,
    statusText: 'Text',
    headers: new Headers({ 'Content-Type': type, ...headers }),
    text: async () => body,
  }))
}

test.each([
  ['intranet_csrf=a', '', 'a'],
  ['x=1; __Host-internet_csrf=b; y=2', '', 'b'],
  ['intranet_csrf=a; internet_csrf=b', 'internet', 'b'],
  ['__Host-intranet_csrf=c', 'intranet', 'c'],
  ['not_intranet_csrf=a', '', ''],
  ['', '', ''],
])('the token in %p of site %p is %p', (cookies, site, token) => {
  expect(csrfToken(cookies, site)).toBe(token)
})

test('a body makes it a POST of JSON, with the token', async () => {
  document.cookie = 'intranet_csrf=secret'
  answer(201, '{"id": 1}')
  expect(await api('/api/x/', { body: { a: 1 } })).toEqual({ id: 1 })
  const [, request] = fetch.mock.calls[0]
  expect(request).toMatchObject({
    method: 'POST',
    body: '{"a":1}',
    headers: { 'Content-Type': 'application/json', 'X-CSRFToken': 'secret' },
  })
})

test('a form is sent as it is, with the token; the browser says what kind it is', async () => {
  document.cookie = 'intranet_csrf=secret'
  answer(200, '{}')
  const body = new FormData()
  await api('/api/x/', { method: 'PUT', body })
  const [, request] = fetch.mock.calls[0]
  expect(request.body).toBe(body)
  expect(request.headers).toEqual({ Accept: 'application/json', 'X-CSRFToken': 'secret' })
})

test('an empty answer is null', async () => {
  answer(204, '', '')
  expect(await api('/api/x/', { method: 'DELETE' })).toBeNull()
})

test('a refusal throws what the server explained', async () => {
  answer(409, '{"title": "Conflict", "detail": "Closed.", "request_id": "r"}', 'application/problem+json')
  await expect(api('/api/x/')).rejects.toMatchObject({
    status: 409,
    message: 'Closed.',
    problem: { request_id: 'r' },
  })
})

test.each([
  ['300', 300],
  ['Wed, 21 Oct 2026 07:28:00 GMT', undefined],
  [undefined, undefined],
])('a refusal that says to try again after %p seconds carries %p', async (header, seconds) => {
  answer(429, '{}', 'application/problem+json', header && { 'Retry-After': header })
  await expect(api('/api/x/')).rejects.toMatchObject({ status: 429, retryAfter: seconds })
})

test("a proxy's error page is not taken for data", async () => {
  answer(502, '<html>', 'text/html')
  await expect(api('/api/x/')).rejects.toMatchObject({ status: 502, message: 'Text' })
})

test('no answer is an error of status 0', async () => {
  globalThis.fetch = async () => {
    throw new TypeError('Failed to fetch')
  }
  await expect(api('/api/x/')).rejects.toThrow(ApiError)
  await expect(api('/api/x/')).rejects.toMatchObject({ status: 0 })
})

describe('a socket', () => {
  let sockets
  beforeEach(() => {
    jest.useFakeTimers()
    sockets = []
    globalThis.WebSocket = class {
      static CONNECTING = 0
      readyState = 1 // open
      constructor(address) {
        this.address = address
        this.close = jest.fn()
        sockets.push(this)
      }
    }
  })
  afterEach(() => jest.useRealTimers())

  test('passes hints on, and nothing else', () => {
    const onUpdate = jest.fn()
    const close = keepOpen('/ws/x/', { onUpdate })
    expect(sockets[0].address).toBe('ws://localhost/ws/x/')
    sockets[0].onopen()
    sockets[0].onmessage({ data: '{"type": "x.changed"}' })
    sockets[0].onmessage({ data: 'noise' })
    expect(onUpdate.mock.calls).toEqual([[{ type: 'x.changed' }]])
    close()
  })

  test('comes back after an interruption and asks for a fresh look', () => {
    const onUpdate = jest.fn()
    const onOpen = jest.fn()
    const close = keepOpen('/ws/x/', { onUpdate, onOpen })
    sockets[0].onopen()
    sockets[0].onclose({ code: 1006 })
    jest.advanceTimersByTime(2_000)
    expect(sockets).toHaveLength(2)
    sockets[1].onopen()
    expect(onUpdate).toHaveBeenCalledWith({ type: 'resync' })
    expect(onOpen.mock.calls).toEqual([[true], [false], [true]])
    close()
  })

  test('waits longer at each failure, and at once when the network is back', () => {
    const close = keepOpen('/ws/x/', { onUpdate: () => {} })
    for (let failure = 0; failure < 6; failure++) {
      sockets.at(-1).onclose({ code: 1006 })
      jest.advanceTimersByTime(30_000)
    }
    expect(sockets).toHaveLength(7)
    sockets.at(-1).onclose({ code: 4013 })
    jest.advanceTimersByTime(10_000)
    expect(sockets).toHaveLength(7)
    window.dispatchEvent(new Event('online'))
    expect(sockets).toHaveLength(8)
    close()
  })

  test.each([4001, 4003])(
    'that is closed to this person (%p) says so, and is in no reconnectNow to come back',
    (code) => {
      const onRefused = jest.fn()
      const close = keepOpen('/ws/x/', { onUpdate: () => {}, onRefused })
      sockets[0].onopen()
      jest.advanceTimersByTime(60_000)
      sockets[0].onclose({ code })
      expect(onRefused).toHaveBeenCalledTimes(1)
      jest.advanceTimersByTime(14_000)
      expect(sockets).toHaveLength(1)
      jest.advanceTimersByTime(16_000)
      expect(sockets).toHaveLength(2) // the page is still there: it was closed for a reason that has passed
      close()
    },
  )

  test.each([1006, 4008, 4013])('that broke (%p) is not taken for closed to this person', (code) => {
    const onRefused = jest.fn()
    const close = keepOpen('/ws/x/', { onUpdate: () => {}, onRefused })
    sockets[0].onopen()
    sockets[0].onclose({ code })
    jest.advanceTimersByTime(2_000)
    expect(sockets).toHaveLength(2)
    expect(onRefused).not.toHaveBeenCalled()
    close()
  })

  test('that is closed before it is open is closed when it is, and passes nothing on', () => {
    const onOpen = jest.fn()
    const close = keepOpen('/ws/x/', { onUpdate: () => {}, onOpen })
    sockets[0].readyState = WebSocket.CONNECTING
    close()
    expect(sockets[0].close).not.toHaveBeenCalled()
    expect(sockets[0].onmessage).toBeNull()
    sockets[0].onopen()
    expect(sockets[0].close).toHaveBeenCalledTimes(1)
    expect(onOpen).not.toHaveBeenCalled()
  })

  test('stays closed once closed', () => {
    const close = keepOpen('/ws/x/', { onUpdate: () => {} })
    close()
    sockets[0].onclose({ code: 1000 })
    jest.advanceTimersByTime(60_000)
    window.dispatchEvent(new Event('online'))
    expect(sockets).toHaveLength(1)
  })
})
