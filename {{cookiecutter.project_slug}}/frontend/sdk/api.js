/**
 * The error that `api()` throws for a request that did not succeed. The message is a sentence to show to people, when the server sent one.
 *
 * - `status`: the HTTP status, or 0 when there was no answer.
 * - `problem`: the server's explanation (application/problem+json, RFC 9457). Without one, only its `title` is set.
 * - `retryAfter`: seconds until the request may be sent again, or undefined when the server did not say.
 */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {{title?: string, detail?: string, request_id?: string, errors?: {field: string, message: string}[]}} problem
   * @param {{cause?: unknown, retryAfter?: number}} [options]
   */
  constructor(status, problem, { cause, retryAfter } = {}) {
    super(problem.detail || problem.title || `HTTP ${status}`, { cause })
    this.name = 'ApiError'
    this.status = status
    this.problem = problem
    this.retryAfter = retryAfter
  }
}

const TIMEOUT = 20_000 // milliseconds
const UPLOAD_TIMEOUT = 120_000 // milliseconds: a photo over a slow connection

/**
 * Send a request to the portal's API. Adds the CSRF token to every method but GET. Gives up after 20 seconds, after 120 for FormData.
 * @param {string} path such as `/api/polls/`
 * @param {{method?: string, body?: unknown, signal?: AbortSignal, headers?: Record<string, string>}} [options] `body` is sent as JSON, or
 *   unchanged when it is FormData; `method` defaults to POST with a body and to GET without one
 * @returns {Promise<any>} the data of the answer, or null when it has none
 * @throws {ApiError} when the server answers with an error, or does not answer
 */
export async function api(path, { method, body, signal, headers: extraHeaders } = {}) {
  const headers = { Accept: 'application/json', ...extraHeaders }
  method ??= body === undefined ? 'GET' : 'POST'
  const isForm = body instanceof FormData
  if (body !== undefined && !isForm) headers['Content-Type'] = 'application/json'
  if (method !== 'GET') headers['X-CSRFToken'] = csrfToken(document.cookie, currentSite)

  const timeout = AbortSignal.timeout(isForm ? UPLOAD_TIMEOUT : TIMEOUT)
  let response, data
  try {
    response = await fetch(path, {
      method,
      headers,
      body: isForm ? body : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
    })
    data = await parseBody(response)
  } catch (cause) {
    if (signal?.aborted) throw cause
    throw new ApiError(0, { title: 'No answer from the portal' }, { cause })
  }
  if (response.ok) return data
  throw new ApiError(
    response.status,
    data && typeof data === 'object' ? data : { title: response.statusText },
    { retryAfter: Number(response.headers.get('Retry-After')) || undefined },
  )
}

/** Parse the JSON of an answer. Returns null for an empty answer and for other content, such as a proxy's HTML page. */
async function parseBody(response) {
  const text = await response.text()
  if (!text || !/[/+]json\b/.test(response.headers.get('Content-Type') ?? '')) return null
  return JSON.parse(text)
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
