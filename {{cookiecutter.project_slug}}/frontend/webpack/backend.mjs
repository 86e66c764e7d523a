import { readFileSync } from 'node:fs'

/**
 * Django, as `manage.py develop` runs it: it listens at BACKEND, and the file BACKEND_STATUS holds what is known of it.
 * @param {NodeJS.ProcessEnv} environment
 */
export function backendFrom(environment) {
  return {
    url: urlFrom(environment),
    /**
     * `reason`: why Django does not answer, when it does not. `stopping`: it still accepts requests, but answers none. `broken`: prefixes of
     * apps that cannot be imported, each with the reason. `page`: the texts of index.html to replace, each with its replacement.
     * @returns {{reason: string, stopping: boolean, broken: Record<string, string>, page: Record<string, string>}}
     */
    status: () => readStatus(environment.BACKEND_STATUS),
  }
}

function urlFrom(environment) {
  const allowed = 'a URL such as http://127.0.0.1:8001'
  try {
    const url = new URL(environment.BACKEND ?? '')
    if (url.protocol === 'http:') return url
  } catch {
    // reported below, together with a URL of another scheme
  }
  console.error(
    `environment: BACKEND, where Django listens\n  found    ${environment.BACKEND || 'nothing'}\n  allowed  ${allowed}\n` +
      '  do       run make dev, which starts Django and sets it',
  )
  process.exit(2)
}

function readStatus(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'))
  } catch {
    // `npm run serve` was started by hand, or the development server is stopping
    return {
      reason: 'Django does not answer. Its terminal shows why.',
      stopping: false,
      broken: {},
      page: {},
    }
  }
}

/**
 * Answers 503 with the reason: with a page that reloads itself where a browser opens a page, and else with problem details.
 * @param {import('node:http').IncomingMessage} request
 * @param {import('node:http').ServerResponse | import('node:stream').Duplex} response a WebSocket's connection is closed
 * @param {{reason: string}} status
 */
export function respondUnavailable(request, response, { reason }) {
  if (response.writableEnded) return
  if (!('writeHead' in response) || response.headersSent) return response.destroy()
  const isPage = request.method === 'GET' && request.headers.accept?.includes('text/html')
  const [type, body] = isPage
    ? ['text/html; charset=utf-8', page(reason)]
    : ['application/problem+json', problem(reason)]
  response.writeHead(503, { 'Content-Type': type, 'Cache-Control': 'no-store', 'Retry-After': '1' }).end(body)
}

const problem = (reason) =>
  JSON.stringify({ type: 'about:blank', title: 'Service Unavailable', status: 503, detail: reason })

const page = (reason) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta http-equiv="refresh" content="1">
    <meta name="color-scheme" content="light dark">
    <title>Django does not answer</title>
  </head>
  <body>
    <h1>Django does not answer</h1>
    <pre>${escapeHtml(reason)}</pre>
    <p>This page loads again by itself, every second.</p>
  </body>
</html>
`

const ENTITIES = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }
const escapeHtml = (text) => text.replace(/[&<>]/g, (character) => ENTITIES[character])
