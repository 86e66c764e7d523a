import { ApiError, api, csrfToken } from './api.js'
import { connectSocket } from './socket.js'

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
  await expect(api('/api/x/')).rejects.toMatchObject({ status: 502, message: 'Text' })
})

test('no answer is an error of status 0', async () => {
  globalThis.fetch = async () => {
    throw new TypeError('Failed to fetch')
  }
  await expect(api('/api/x/')).rejects.toThrow(ApiError)
  await expect(api('/api/x/')).rejects.toMatchObject({ status: 0 })
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
  afterEach(() => jest.useRealTimers())

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

  test('waits longer after each failure, and connects at once when the device is online again', () => {
    const close = connectSocket('/ws/x/', { onUpdate: () => {} })
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
    'reports that access is lost when the server closes with %p, and waits before it connects again',
    (code) => {
      const onAccessLost = jest.fn()
      const close = connectSocket('/ws/x/', { onUpdate: () => {}, onAccessLost })
      sockets[0].onopen()
      jest.advanceTimersByTime(60_000)
      sockets[0].onclose({ code })
      expect(onAccessLost).toHaveBeenCalledTimes(1)
      jest.advanceTimersByTime(14_000)
      expect(sockets).toHaveLength(1)
      jest.advanceTimersByTime(16_000)
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
