// The module `@portal/testing`, for tests of pages: a portal whose API answers from an object, and WebSockets that the test controls.
import { I18nProvider } from '@lingui/react'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, render, waitFor } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { MemoryRouter, Route, Routes } from 'react-router'
import { i18n } from '../sdk/index.js'
import { AppContext, portalQuery } from '../sdk/portal.js'
import { reset } from '../sdk/topics.js'
import { MockRequest } from './request.js'

/**
 * Make an answer of GET /api/portal/: an anonymous visitor on the intranet site, without apps.
 * @param {Partial<import('../sdk/portal.js').Portal>} overrides
 * @returns {import('../sdk/portal.js').Portal}
 */
export function makePortal(overrides = {}) {
  return {
    name: 'Test Portal',
    description: '',
    institute: { name: 'Test Institute', url: 'https://institute.example' },
    site: 'intranet',
    language: 'en',
    languages: [{ code: 'en', name: 'English', direction: 'ltr' }],
    time_zone: 'UTC',
    now: '2026-11-25T09:30:00+00:00',
    branding: { logo: '', favicon: '', colour: '#1f5fbf' },
    person: null,
    apps: [],
    pinned: [],
    recent: [],
    unread: 0,
    ...overrides,
  }
}

/**
 * Make a person, for `makePortal({ person: makePerson() })`.
 * @param {Partial<import('../sdk/portal.js').Person>} overrides
 * @returns {import('../sdk/portal.js').Person}
 */
export function makePerson(overrides = {}) {
  return {
    id: 1,
    username: 'asha',
    display_name: 'Asha Verma',
    photo: null,
    roles: [],
    maintainer: false,
    ...overrides,
  }
}

/**
 * Answer all requests from an object, uploads too. Requests that are not in it are answered with 404.
 * @param {Record<string, any>} answers path, or method and path ('POST /api/polls/') -> the data of the answer, an `errorResponse()` or
 *   `jsonResponse()`, or a function that gets the body of the request and returns one of these or a promise of it
 * @returns {{method: string, path: string, headers: object, body: any}[]} the requests so far; the list grows with each request
 */
export function mockApi(answers) {
  const requests = []
  globalThis.XMLHttpRequest = /** @type {any} */ (MockRequest)
  globalThis.fetch = async (path, { method = 'GET', headers = {}, body } = {}) => {
    const sent = body instanceof FormData ? Object.fromEntries(body) : body && JSON.parse(body)
    requests.push({ method, path, headers, body: sent })
    let answer = answers[method === 'GET' ? path : `${method} ${path}`] ?? errorResponse(404)
    if (typeof answer === 'function') answer = await answer(sent)
    const response = answer instanceof MockResponse ? answer : jsonResponse(200, answer)
    return /** @type {any} */ ({
      ok: response.status < 400,
      status: response.status,
      statusText: '',
      headers: new Headers({ 'Content-Type': response.type, ...response.headers }),
      text: async () => JSON.stringify(response.body),
    })
  }
  return requests
}

class MockResponse {
  constructor(status, type, body, headers) {
    Object.assign(this, { status, type, body, headers })
  }
}

/**
 * Make an error as the portal's API answers with it (RFC 9457).
 * @param {number} status
 * @param {object} [problem] members of the problem, such as `{ detail: 'The poll is closed.' }`
 * @param {Record<string, string>} [headers]
 */
export const errorResponse = (status, problem = {}, headers = {}) =>
  new MockResponse(
    status,
    'application/problem+json',
    { type: 'about:blank', title: `Error ${status}`, status, ...problem },
    headers,
  )

/** Make an answer with this status and exactly this body. */
export const jsonResponse = (status, body, headers = {}) =>
  new MockResponse(status, 'application/json', body, headers)

const PORTAL_SOCKET = '/ws/portal/'

/**
 * Replace WebSockets by fakes, and return functions that act as the server. For topics (`useTopic`):
 * - `update(topic)` sends an update of a topic, once a page has subscribed to it.
 * - `refuse(topic, status)` refuses the subscription, and `drop(topic, status)` ends it.
 * - `topics()` lists the topics to which pages have subscribed.
 *
 * For an app's own sockets (`useSocket`):
 * - `send(path, update)` sends an update to each open socket of that path.
 * - `paths()` lists the paths of the open sockets.
 *
 * For both, `close(path, code)` closes the sockets with a close code; `/ws/portal/` is the one of topics.
 */
export function fakeSockets() {
  reset()
  const sockets = new Set()
  const subscribed = new Map() // topic -> the socket
  globalThis.WebSocket = /** @type {any} */ (
    class {
      static CONNECTING = 0
      readyState = 1 // open
      constructor(url) {
        this.path = new URL(url).pathname
        sockets.add(this)
        if (this.path === PORTAL_SOCKET) queueMicrotask(() => this.onopen?.())
      }
      send(text) {
        const { subscribe = [], unsubscribe = [] } = JSON.parse(text)
        for (const topic of unsubscribe) subscribed.delete(topic)
        for (const topic of subscribe) subscribed.set(topic, this)
      }
      close() {
        sockets.delete(this)
        for (const [topic, socket] of subscribed) if (socket === this) subscribed.delete(topic)
      }
    }
  )
  const socketsOf = (path) => [...sockets].filter((socket) => socket.path === path)
  const answer = async (topic, frame) => {
    await waitFor(() => {
      if (!subscribed.has(topic)) throw new Error(`no page has subscribed to ${topic}`)
    })
    await act(async () => subscribed.get(topic).onmessage({ data: JSON.stringify(frame) }))
  }
  let version = 0
  return {
    update: (topic) => answer(topic, { subscribed: [topic], updates: { [topic]: ++version } }),
    refuse: (topic, status, detail = `Error ${status}`) =>
      answer(topic, { refused: { [topic]: { status, detail } } }),
    drop: (topic, status, detail = `Error ${status}`) =>
      answer(topic, { dropped: { [topic]: { status, detail } } }),
    topics: () => [...subscribed.keys()],
    send: (path, update) =>
      act(async () => {
        for (const socket of socketsOf(path)) socket.onmessage({ data: JSON.stringify(update) })
      }),
    close: (path, code) =>
      act(async () => {
        for (const socket of socketsOf(path)) {
          socket.close()
          socket.onclose({ code })
        }
      }),
    paths: () => [...sockets].map(({ path }) => path),
  }
}

/**
 * Render the page of an app inside a portal, at the path that it has there.
 * @param {import('react').ComponentType} Page
 * @param {{app: string, path?: string, portal?: object}} options `app` is the app's folder, `path` continues after `/<app>/`, `portal`
 *   overrides parts of `makePortal()`
 * @returns what Testing Library's `render` returns, and `user` of its user-event
 */
export function renderPage(Page, { app: name, path = '', portal = {} }) {
  const app = { name, title: name[0].toUpperCase() + name.slice(1), description: '' }
  return renderInPortal(
    <Routes>
      <Route
        path={`${name}/*`}
        element={
          <AppContext value={app}>
            <Page />
          </AppContext>
        }
      />
    </Routes>,
    { location: `/${name}/${path}`, portal: makePortal({ apps: [app], ...portal }) },
  )
}

/**
 * Render an element with all that pages need around them.
 * @param {import('react').ReactNode} children
 * @param {{location?: string | Partial<import('react-router').Location>, portal?: import('../sdk/portal.js').Portal}} [options] without
 *   `portal`, the page requests GET /api/portal/
 * @returns what Testing Library's `render` returns, and `user` of its user-event
 */
export function renderInPortal(children, { location = '/', portal } = {}) {
  const client = new QueryClient({
    defaultOptions: {
      queries: { retry: false, networkMode: 'always' },
      mutations: { networkMode: 'always' },
    },
  })
  if (portal) client.setQueryData(portalQuery.queryKey, portal)
  const view = render(
    <I18nProvider i18n={i18n}>
      <QueryClientProvider client={client}>
        <MemoryRouter initialEntries={[location]}>{children}</MemoryRouter>
      </QueryClientProvider>
    </I18nProvider>,
  )
  return { ...view, user: userEvent.setup() }
}
