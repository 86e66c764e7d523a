/**
 * The error that `api()` throws for a request that did not succeed. `errorText()` of `@portal/ui` says it in words for people.
 *
 * - `status`: the HTTP status, or 0 when there was no answer that the page can use. Then `reason` is `offline` (this device has no
 *   connection), `timeout` (no answer in time), `unreachable` (the connection failed) or `unreadable` (not JSON, or empty).
 * - `problem`: the server's explanation (application/problem+json, RFC 9457). It is empty when there is none.
 * - `requestId`: finds the log lines of the request. It is undefined when there was no answer.
 * - `retryAfter`: seconds until the request may be sent again, or undefined when the server did not say.
 */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {{type?: string, title?: string, detail?: string, request_id?: string, errors?: {field: string, message: string}[]}} problem
   * @param {{cause?: unknown, reason?: 'offline' | 'timeout' | 'unreachable' | 'unreadable', requestId?: string,
   *   retryAfter?: number}} [options]
   */
  constructor(status, problem, { cause, reason, requestId, retryAfter } = {}) {
    super(problem.detail || problem.title || reason || `HTTP ${status}`, { cause })
    this.name = 'ApiError'
    this.status = status
    this.problem = problem
    this.reason = reason
    this.requestId = problem.request_id || requestId
    this.retryAfter = retryAfter
  }
}

const TIMEOUT = 30_000 // milliseconds
const UPLOAD_TIMEOUT = 120_000 // milliseconds: a photo over a slow connection

/**
 * Send a request to the portal's API. Adds the CSRF token to every method but GET. Gives up after 30 seconds, after 120 for FormData.
 * @param {string} path such as `/api/polls/`
 * @param {{method?: string, body?: unknown, signal?: AbortSignal, headers?: Record<string, string>, keepalive?: boolean}} [options] `body`
 *   is sent as JSON, or unchanged when it is FormData; `method` defaults to POST with a body and to GET without one; with `keepalive`, the
 *   request of at most 64 kB goes on when the page is closed
 * @returns {Promise<any>} the data of the answer, or null when it has none
 * @throws {ApiError} when the server answers with an error, or does not answer
 */
export async function api(path, { method, body, signal, keepalive, headers: extraHeaders } = {}) {
  const headers = { Accept: 'application/json', ...extraHeaders }
  method ??= body === undefined ? 'GET' : 'POST'
  const isForm = body instanceof FormData
  if (body !== undefined && !isForm) headers['Content-Type'] = 'application/json'
  if (method !== 'GET') headers['X-CSRFToken'] = csrfToken(document.cookie, currentSite)

  const timeout = AbortSignal.timeout(isForm ? UPLOAD_TIMEOUT : TIMEOUT)
  let response, text
  try {
    response = await fetch(path, {
      method,
      headers,
      keepalive,
      body: isForm ? body : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    })
    text = await response.text()
  } catch (cause) {
    if (signal?.aborted) throw cause
    const reason = timeout.aborted ? 'timeout' : navigator.onLine === false ? 'offline' : 'unreachable'
    throw new ApiError(0, {}, { cause, reason })
  }
  const data = parse(text, response.headers.get('Content-Type'))
  const requestId = response.headers.get('X-Request-ID') ?? undefined
  if (!response.ok) {
    const problem = data && typeof data === 'object' ? data : {}
    throw new ApiError(response.status, problem, {
      requestId,
      retryAfter: Number(response.headers.get('Retry-After')) || undefined,
    })
  }
  // A write may be answered with nothing, and so may a read that says so with 204.
  if (data === undefined && (text || (method === 'GET' && response.status !== 204)))
    throw new ApiError(0, {}, { reason: 'unreadable', requestId })
  return data ?? null
}

/** Parse the JSON of an answer. Returns undefined for everything else, such as the HTML page of a proxy. */
function parse(text, type) {
  if (!/[/+]json\b/.test(type ?? '')) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

let currentSite = ''

/** Set the site, `intranet` or `internet`, that GET /api/portal/ answered with. The name of the CSRF cookie depends on it. */
export function setSite(site) {
  currentSite = site
}

/**
 * Find the CSRF token in a cookie header. Over TLS, the name of its cookie starts with `__Host-`.
 * @param {string} cookies such as `document.cookie`
 * @param {string} [site] `intranet` or `internet`; when it is empty, the token of either site is returned
 * @returns {string} the token, or an empty string
 */
export function csrfToken(cookies, site = '') {
  const name = site || '(?:intranet|internet)'
  return cookies.match(`(?:^|; )(?:__Host-)?${name}_csrf=([^;]*)`)?.[1] ?? ''
}
