// What tests of pages need, imported as `@portal/testing`: a portal that answers from a plain object, and sockets that open nothing.
import { I18nProvider } from '@lingui/react'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, render } from '@testing-library/react'
import { userEvent } from '@testing-library/user-event'
import { MemoryRouter, Route, Routes } from 'react-router'
import { i18n } from '../sdk/index.js'
import { AppContext, portalQuery } from '../sdk/portal.js'

/** @returns {import('../sdk/portal.js').Portal} */
export function makePortal(differences = {}) {
  return {
    name: 'Test Portal',
    description: '',
    institute: { name: 'Test Institute', url: 'https://institute.example' },
    site: 'intranet',
    language: 'en',
    languages: [{ code: 'en', name: 'English' }],
    branding: { logo: '', favicon: '', colour: '#1f5fbf' },
    person: null,
    apps: [],
    unread: 0,
    ...differences,
  }
}

export function makePerson(differences = {}) {
  return { id: 1, username: 'asha', display_name: 'Asha Verma', photo: null, roles: [], ...differences }
}

/**
 * Answers requests from `answers`, whose keys are addresses, or "POST /address"; a value may be a function of the request's body, and
 * `refusal(status, problem, headers)` an error. An address that is not there is a 404, as in the portal. Returns the requests seen so far.
 * @param {Record<string, any>} answers
 */
export function answerWith(answers) {
  const requests = []
  globalThis.fetch = async (address, { method = 'GET', headers = {}, body } = {}) => {
    const sent = body instanceof FormData ? Object.fromEntries(body) : body && JSON.parse(body)
    requests.push({ method, address, headers, body: sent })
    let answer = answers[method === 'GET' ? address : `${method} ${address}`] ?? refusal(404)
    if (typeof answer === 'function') answer = answer(sent)
    const { status = 200, problem, headers: more } = answer instanceof Refusal ? answer : {}
    return /** @type {any} */ ({
      ok: status < 400,
      status,
      statusText: '',
      headers: new Headers({
        'Content-Type': problem ? 'application/problem+json' : 'application/json',
        ...more,
      }),
      text: async () => JSON.stringify(problem ?? answer),
    })
  }
  return requests
}

class Refusal {
  constructor(status, problem, headers) {
    this.status = status
    this.headers = headers
    this.problem = { type: 'about:blank', title: `Refused with ${status}`, status, ...problem }
  }
}

export const refusal = (status, problem = {}, headers = {}) => new Refusal(status, problem, headers)

/** An answer with this status and exactly this body. */
export const reply = (status, body, headers = {}) =>
  Object.assign(new Refusal(status, {}, headers), { problem: body })

/**
 * Sockets that the test speaks through: `hint(path, message)` reaches every page that listens at that path, and `close(path, code)` ends
 * what it listens to, as the server does.
 */
export function fakeSockets() {
  const open = new Set()
  globalThis.WebSocket = /** @type {any} */ (
    class {
      constructor(address) {
        this.path = new URL(address).pathname
        open.add(this)
      }
      close() {
        open.delete(this)
      }
    }
  )
  return {
    hint: (path, message) =>
      act(async () => {
        for (const socket of open)
          if (socket.path === path) socket.onmessage({ data: JSON.stringify(message) })
      }),
    close: (path, code) =>
      act(async () => {
        for (const socket of [...open].filter((one) => one.path === path)) {
          open.delete(socket)
          socket.onclose({ code })
        }
      }),
    paths: () => [...open].map(({ path }) => path),
  }
}

/**
 * Renders the page of an app, mounted at its address as in the portal.
 * @param {import('react').ComponentType} Page
 * @param {{app: string, path?: string, portal?: object}} options `path` is below the app's address
 */
export function renderPage(Page, { app, path = '', portal = {} }) {
  const about = { name: app, title: app[0].toUpperCase() + app.slice(1), description: '' }
  return renderInPortal(
    <Routes>
      <Route
        path={`${app}/*`}
        element={
          <AppContext value={about}>
            <Page />
          </AppContext>
        }
      />
    </Routes>,
    { address: `/${app}/${path}`, portal: makePortal({ apps: [about], ...portal }) },
  )
}

/**
 * @param {import('react').ReactNode} children
 * @param {{address?: string, portal?: import('../sdk/portal.js').Portal}} [options] without a portal, it is asked for
 */
export function renderInPortal(children, { address = '/', portal } = {}) {
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
        <MemoryRouter initialEntries={[address]}>{children}</MemoryRouter>
      </QueryClientProvider>
    </I18nProvider>,
  )
  return { ...view, user: userEvent.setup() }
}
