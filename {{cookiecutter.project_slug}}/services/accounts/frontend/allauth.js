// The client of django-allauth's API for browsers. Not every error status is an error: 401 also means "signed out" (after signing out, or
// after a password was reset) or "one more step" (the second factor), and 404 means "not set up yet" and says how to set it up.
import { ApiError, api, portalQuery } from '@portal/sdk'
import { postToTabs } from '@portal/sdk/tabs'

const BASE = '/_allauth/browser/v1/'

/**
 * @typedef {{status: number, data?: any, meta?: any}} Answer
 * @typedef {{message: string, code: string, param?: string}} FieldError `param` names the field
 */

/** The values that were sent are invalid. */
export class ValidationFailed extends Error {
  /** @param {FieldError[]} fieldErrors */
  constructor(fieldErrors) {
    super(fieldErrors.map(({ message }) => message).join(' '))
    this.fieldErrors = fieldErrors
  }
}

/** The person is signed in, and has to confirm their identity before this request is accepted. */
export class ReauthenticationRequired extends Error {
  /** @param {{id: string, types?: string[]}[]} flows how they can confirm it; `types` are their second factors */
  constructor(flows) {
    super('reauthentication required')
    this.flows = flows.flatMap(({ id, types = [] }) => [id, ...types])
  }
}

/**
 * Send a request to allauth's API and return the answer. Throws ValidationFailed, ReauthenticationRequired, or an ApiError when allauth did
 * not answer.
 * @param {string} path relative to the API, such as auth/login
 * @param {Parameters<typeof api>[1]} [options]
 * @returns {Promise<Answer>}
 */
export async function request(path, options) {
  try {
    return { status: 200, ...(await api(BASE + path, options)) }
  } catch (error) {
    const answer = /** @type {any} */ (error instanceof ApiError ? error.problem : null)
    if (!answer || answer.type) throw error // no answer at all, or problem details of the portal
    if (answer.errors?.length) throw new ValidationFailed(answer.errors)
    if (![401, 404, 409].includes(answer.status)) throw error
    if (answer.status === 401 && answer.meta?.is_authenticated)
      throw new ReauthenticationRequired(answer.data?.flows ?? [])
    return answer
  }
}

/**
 * Send a request that only a signed-in person can send. Also throws an ApiError with status 401, which the shell answers with the sign-in
 * page.
 * @param {string} path
 * @param {Parameters<typeof api>[1]} [options]
 */
export async function requestSignedIn(path, options) {
  const answer = await request(path, options)
  // Without a session, some paths answer 409. For a person who is signed in, a 409 has errors, which request() has thrown.
  if (answer.status === 401 || answer.status === 409) throw new ApiError(401, {})
  return answer
}

/**
 * The portal's sign-in configuration: `account.is_open_for_signup`, `portal.sign_up_domains` (empty: any domain), `portal.maintainers`.
 */
export const configQuery = {
  queryKey: ['sign-in config'],
  queryFn: async ({ signal }) => (await request('config', { signal })).data,
  staleTime: Infinity,
}

/**
 * Begin to sign in with the institute's own account: the browser leaves for the institute's page, which leads back to `next`.
 * @param {string} next where to go afterwards
 * @returns {Promise<boolean>} false when there is nothing to begin: another tab has signed in meanwhile
 */
export async function beginInstituteSignIn(next) {
  const answer = await request('auth/institute', { body: { next } })
  if (!answer.data?.location) return false
  location.assign(answer.data.location)
  return true
}

/**
 * Fetch the portal again, with the person who is signed in now, and tell the other tabs who that is.
 * @param {import('@tanstack/react-query').QueryClient} client
 */
export async function fetchSession(client) {
  const portal = await client.fetchQuery({ ...portalQuery, staleTime: 0 })
  if (portal.person) postToTabs({ kind: 'signed-in', person: portal.person.id })
}

/** Show at once, in all tabs, that nobody is signed in, and fetch the portal again. @param {import('@tanstack/react-query').QueryClient} client */
export async function clearSession(client) {
  client.setQueryData(
    portalQuery.queryKey,
    (/** @type {any} */ portal) => portal && { ...portal, person: null, unread: 0 },
  )
  postToTabs({ kind: 'signed-out' })
  await client.invalidateQueries({ queryKey: portalQuery.queryKey })
}
