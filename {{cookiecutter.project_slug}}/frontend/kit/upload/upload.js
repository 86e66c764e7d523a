import { ApiError } from '@portal/sdk'
import { csrfToken } from '../../sdk/api.js'

const SILENCE = 30_000 // milliseconds without progress

/**
 * Upload a file, and report the progress. `fetch()` cannot report it, so this uses XMLHttpRequest.
 * @param {string} path
 * @param {File} file
 * @param {object} options
 * @param {string} options.site from `usePortal()`
 * @param {string} [options.method]
 * @param {string} [options.field] the name of the file in the form data
 * @param {Record<string, string>} [options.data] further fields of the form data
 * @param {(share: number) => void} [options.onProgress] gets the share that is sent, from 0 to 1
 * @param {AbortSignal} [options.signal] cancels the upload
 * @returns {Promise<any>} the data of the answer, or null when it has none
 * @throws {ApiError} as `api()` does
 */
export function upload(path, file, { site, method = 'POST', field = 'file', data = {}, onProgress, signal }) {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted()
    const request = new XMLHttpRequest()
    let timer = 0
    const fail = (reason) => reject(new ApiError(0, {}, { reason }))
    const listen = () => {
      clearTimeout(timer)
      timer = window.setTimeout(() => {
        fail('timeout')
        request.abort()
      }, SILENCE)
    }
    request.open(method, path)
    request.setRequestHeader('Accept', 'application/json')
    request.setRequestHeader('X-CSRFToken', csrfToken(document.cookie, site))
    request.upload.onprogress = ({ loaded, total }) => {
      listen()
      onProgress?.(total ? loaded / total : 0)
    }
    request.onerror = () => fail(navigator.onLine === false ? 'offline' : 'unreachable')
    request.onabort = () => reject(new DOMException('The upload was cancelled', 'AbortError'))
    request.onloadend = () => clearTimeout(timer)
    request.onload = () => {
      const answer = parse(request.responseText)
      if (request.status < 400 && request.responseText && answer === null) return fail('unreadable')
      if (request.status < 400) return resolve(answer)
      reject(
        new ApiError(request.status, answer ?? {}, {
          requestId: request.getResponseHeader('X-Request-ID') ?? undefined,
          retryAfter: Number(request.getResponseHeader('Retry-After')) || undefined,
        }),
      )
    }
    signal?.addEventListener('abort', () => request.abort())
    const body = new FormData()
    for (const [name, value] of Object.entries(data)) body.append(name, value)
    body.append(field, file)
    request.send(body)
    listen()
  })
}

function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
