import { ApiError, api, csrfToken } from './api.js'
import { connectSocket } from './connection.js'
import { defaultOptions } from './queries.js'

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
])('the CSRF token in %p for the site %p is %p', (cookies, site, token) => {
  expect(csrfToken(cookies, site)).toBe(token)
})

test('a request with a body is a POST of JSON with the CSRF token', async () => {
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

test('FormData is sent unchanged with the CSRF token, and the browser sets its content type', async () => {
  document.cookie = 'intranet_csrf=secret'
  answer(200, '{}')
  const body = new FormData()
  await api('/api/x/', { method: 'PUT', body })
  const [, request] = fetch.mock.calls[0]
  expect(request.body).toBe(body)
  expect(request.headers).toEqual({ Accept: 'application/json', 'X-CSRFToken': 'secret' })
})

test('an empty answer returns null', async () => {
  answer(204, '', '')
  expect(await api('/api/x/', { method: 'DELETE' })).toBeNull()
})

test('an error throws an ApiError with the explanation of the server', async () => {
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
])('the Retry-After header %p gives %p seconds', async (header, seconds) => {
  answer(429, '{}', 'application/problem+json', header && { 'Retry-After': header })
  await expect(api('/api/x/')).rejects.toMatchObject({ status: 429, retryAfter: seconds })
})

test("a proxy's error page gives no data", async () => {
  answer(502, '<html>', 'text/html')
  await expect(api('/api/x/')).rejects.toMatchObject({ status: 502, message: 'HTTP 502', problem: {} })
})

describe('an answer that is not one', () => {
  afterEach(() => jest.restoreAllMocks())
  const fail = () => {
    globalThis.fetch = async () => {
      throw new TypeError('Failed to fetch')
    }
  }

  test.each([
    [true, 'unreachable'],
    [false, 'offline'],
  ])('without a connection (online: %p) is an error of status 0: %p', async (online, reason) => {
    fail()
    jest.spyOn(navigator, 'onLine', 'get').mockReturnValue(online)
    await expect(api('/api/x/')).rejects.toThrow(ApiError)
    await expect(api('/api/x/')).rejects.toMatchObject({ status: 0, reason })
  })

  test('after 30 seconds of silence is an error too', async () => {
    fail()
    jest
      .spyOn(AbortSignal, 'timeout')
      .mockImplementation((milliseconds) => ({ aborted: milliseconds === 30_000 }))
    await expect(api('/api/x/')).rejects.toMatchObject({ status: 0, reason: 'timeout' })
  })

  test.each([
    ['a page', '<html>', 'text/html'],
    ['broken JSON', '{"a":', 'application/json'],
    ['nothing', '', 'application/json'],
    ['nothing at all', '', ''],
  ])('%s in place of JSON is an error too', async (what, body, type) => {
    answer(200, body, type, { 'X-Request-ID': 'r1' })
    await expect(api('/api/x/')).rejects.toMatchObject({ status: 0, reason: 'unreadable', requestId: 'r1' })
  })

  test('a write may be answered with nothing, and not with a page', async () => {
    answer(200, '', '')
    expect(await api('/api/x/', { method: 'PUT', body: {} })).toBeNull()
    answer(200, '<html>', 'text/html')
    await expect(api('/api/x/', { method: 'PUT', body: {} })).rejects.toMatchObject({ reason: 'unreadable' })
  })
})

test("an error keeps the request ID, also that of a proxy's page", async () => {
  answer(500, '{"request_id": "r1"}', 'application/problem+json')
  await expect(api('/api/x/')).rejects.toMatchObject({ requestId: 'r1' })
  answer(502, '<html>', 'text/html', { 'X-Request-ID': 'r2' })
  await expect(api('/api/x/')).rejects.toMatchObject({ requestId: 'r2' })
})

describe('queries', () => {
  const { retry, retryDelay } = defaultOptions.queries

  test.each([
    ['a lost connection', new ApiError(0, {}, { reason: 'unreachable' }), true],
    ['a server that fails', new ApiError(500, {}), true],
    ['a server that is back soon', new ApiError(503, {}, { retryAfter: 5 }), true],
    ['a server that is back in an hour', new ApiError(503, {}, { retryAfter: 3600 }), false],
    ['30 seconds of silence', new ApiError(0, {}, { reason: 'timeout' }), false],
    ['no connection', new ApiError(0, {}, { reason: 'offline' }), false],
    ['a refusal', new ApiError(403, {}), false],
    ['too many requests', new ApiError(429, {}, { retryAfter: 1 }), false],
  ])('after %s: sent again %p', (what, error, again) => {
    expect(retry(0, error)).toBe(again)
    expect(retry(2, error)).toBe(false)
  })

  test('wait as long as the server says, and otherwise longer each time', () => {
    expect(retryDelay(0, { retryAfter: 7 })).toBe(7_000)
    expect([0, 1].map((failures) => retryDelay(failures, {}))).toEqual([1_000, 2_000])
  })
})

describe('connectSocket', () => {
  let sockets
  beforeEach(() => {
    jest.useFakeTimers()
    sockets = []
    globalThis.WebSocket = class {
      static CONNECTING = 0
      readyState = 1 // open
      constructor(url) {
        this.url = url
        this.close = jest.fn()
        sockets.push(this)
      }
    }
  })
  afterEach(() => {
    jest.restoreAllMocks()
    jest.useRealTimers()
  })

  test('passes updates to the listener, and no other messages', () => {
    const onUpdate = jest.fn()
    const close = connectSocket('/ws/x/', { onUpdate })
    expect(sockets[0].url).toBe('ws://localhost/ws/x/')
    sockets[0].onopen()
    sockets[0].onmessage({ data: '{"type": "x.changed"}' })
    sockets[0].onmessage({ data: 'noise' })
    expect(onUpdate.mock.calls).toEqual([[{ type: 'x.changed' }]])
    close()
  })

  test('connects again after an interruption, and sends the update resync', () => {
    const onUpdate = jest.fn()
    const onOpen = jest.fn()
    const close = connectSocket('/ws/x/', { onUpdate, onOpen })
    sockets[0].onopen()
    sockets[0].onclose({ code: 1006 })
    jest.advanceTimersByTime(2_000)
    expect(sockets).toHaveLength(2)
    sockets[1].onopen()
    expect(onUpdate).toHaveBeenCalledWith({ type: 'resync' })
    expect(onOpen.mock.calls).toEqual([[true], [false], [true]])
    close()
  })

  test('waits at most twice as long after each failure, and never more than 8 seconds', () => {
    jest.spyOn(Math, 'random').mockReturnValue(0.999)
    const close = connectSocket('/ws/x/', { onUpdate: () => {} })
    for (const longest of [2_000, 4_000, 8_000, 8_000, 8_000]) {
      const opened = sockets.length
      sockets.at(-1).onclose({ code: 1006 })
      jest.advanceTimersByTime(longest * 0.99)
      expect(sockets).toHaveLength(opened)
      jest.advanceTimersByTime(longest * 0.01)
      expect(sockets).toHaveLength(opened + 1)
    }
    close()
  })

  test('waits for a random part of that time, so that browsers do not come back together', () => {
    jest.spyOn(Math, 'random').mockReturnValue(0.001)
    const close = connectSocket('/ws/x/', { onUpdate: () => {} })
    for (let failure = 0; failure < 5; failure++) {
      sockets.at(-1).onclose({ code: 1006 })
      jest.advanceTimersByTime(10)
    }
    expect(sockets).toHaveLength(6)
    close()
  })

  test.each([
    ['the device is online again', () => window.dispatchEvent(new Event('online'))],
    ['the tab becomes visible', () => document.dispatchEvent(new Event('visibilitychange'))],
  ])('connects at once when %s', (what, happens) => {
    jest.spyOn(Math, 'random').mockReturnValue(0.999)
    const close = connectSocket('/ws/x/', { onUpdate: () => {} })
    sockets[0].onclose({ code: 4013 })
    happens()
    expect(sockets).toHaveLength(2)
    close()
  })

  test('closes while the reader is on another page, and connects when the browser shows this one again', () => {
    const onUpdate = jest.fn()
    const close = connectSocket('/ws/x/', { onUpdate })
    sockets[0].onopen()
    window.dispatchEvent(new Event('pagehide'))
    expect(sockets[0].close).toHaveBeenCalled()
    sockets[0].onclose({ code: 1005 })
    jest.advanceTimersByTime(60_000)
    expect(sockets).toHaveLength(1)
    window.dispatchEvent(Object.assign(new Event('pageshow'), { persisted: true }))
    sockets[1].onopen()
    expect(onUpdate.mock.calls).toEqual([[{ type: 'resync' }]])
    close()
  })

  test.each([4001, 4003])(
    'reports that access is lost when the server closes with %p, and waits before it connects again',
    (code) => {
      const onAccessLost = jest.fn()
      const close = connectSocket('/ws/x/', { onUpdate: () => {}, onAccessLost })
      sockets[0].onopen()
      jest.advanceTimersByTime(60_000)
      sockets[0].onclose({ code })
      expect(onAccessLost).not.toHaveBeenCalled() // an answer with the cookie of a new session may be on its way
      jest.advanceTimersByTime(1_000)
      expect(onAccessLost).toHaveBeenCalledTimes(1)
      jest.advanceTimersByTime(2_900)
      expect(sockets).toHaveLength(1)
      jest.advanceTimersByTime(4_100)
      expect(sockets).toHaveLength(2) // the page is still open, so the person may have access again
      close()
    },
  )

  test.each([1006, 4008, 4013])('does not report lost access when the server closes with %p', (code) => {
    const onAccessLost = jest.fn()
    const close = connectSocket('/ws/x/', { onUpdate: () => {}, onAccessLost })
    sockets[0].onopen()
    sockets[0].onclose({ code })
    jest.advanceTimersByTime(2_000)
    expect(sockets).toHaveLength(2)
    expect(onAccessLost).not.toHaveBeenCalled()
    close()
  })

  test('when closed before the connection is open, closes it then and passes no update on', () => {
    const onOpen = jest.fn()
    const close = connectSocket('/ws/x/', { onUpdate: () => {}, onOpen })
    sockets[0].readyState = WebSocket.CONNECTING
    close()
    expect(sockets[0].close).not.toHaveBeenCalled()
    expect(sockets[0].onmessage).toBeNull()
    sockets[0].onopen()
    expect(sockets[0].close).toHaveBeenCalledTimes(1)
    expect(onOpen).not.toHaveBeenCalled()
  })

  test('does not connect again after it was closed', () => {
    const close = connectSocket('/ws/x/', { onUpdate: () => {} })
    close()
    sockets[0].onclose({ code: 1000 })
    jest.advanceTimersByTime(60_000)
    window.dispatchEvent(new Event('online'))
    expect(sockets).toHaveLength(1)
  })
})
