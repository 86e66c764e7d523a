/**
 * A request that did not succeed. `status` is 0 when no answer came at all; `problem` is the server's explanation
 * (application/problem+json), or what is known without one; `retryAfter` is in how many seconds to try again, where the server says so.
 */
export class ApiError extends Error {
  /**
   * @param {number} status
   * @param {{title?: string, detail?: string, request_id?: string, errors?: {field: string, message: string}[]}} problem
   * @param {{cause?: unknown, retryAfter?: number}} [more]
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
const UPLOAD_TIMEOUT = 120_000 // a slow line takes its time for a photo

/**
 * Asks the portal's API: returns the answer's data (null when it has none), or throws an ApiError. What to show is the caller's decision.
 * @param {string} path such as /api/polls/
 * @param {{method?: string, body?: unknown, signal?: AbortSignal, headers?: Record<string, string>}} [options] a body is sent as JSON, or
 *   as the form that it is when it is FormData, and makes it a POST
 * @returns {Promise<any>}
 */
export async function api(path, { method, body, signal, headers: more } = {}) {
  const headers = { Accept: 'application/json', ...more }
  method ??= body === undefined ? 'GET' : 'POST'
  const isForm = body instanceof FormData
  if (body !== undefined && !isForm) headers['Content-Type'] = 'application/json'
  if (method !== 'GET') headers['X-CSRFToken'] = csrfToken(document.cookie, site)

  const patience = AbortSignal.timeout(isForm ? UPLOAD_TIMEOUT : TIMEOUT)
  let response, data
  try {
    response = await fetch(path, {
      method,
      headers,
      body: isForm ? body : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, patience]) : patience,
    })
    data = await content(response)
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

/** The answer's JSON; null for an empty answer, or for one that a proxy wrote as a page. */
async function content(response) {
  const text = await response.text()
  if (!text || !/[/+]json\b/.test(response.headers.get('Content-Type') ?? '')) return null
  return JSON.parse(text)
}

let site = ''

/** The cookie's name depends on the site, which GET /api/portal/ tells. */
export function rememberSite(name) {
  site = name
}

/** The token in `cookies`: of the given site, or of any before the site is known; over TLS its cookie has `__Host-` in front. */
export function csrfToken(cookies, ofSite = '') {
  const name = ofSite || '(?:intranet|internet)'
  return cookies.match(`(?:^|; )(?:__Host-)?${name}_csrf=([^;]*)`)?.[1] ?? ''
}
