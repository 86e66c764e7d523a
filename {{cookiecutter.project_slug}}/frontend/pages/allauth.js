// The API of django-allauth, for browsers. It answers in its own way: 401 is often no error but "nobody is signed in now" (after signing
// out, after a new password), or "not yet" (the second step); 404 is "there is none so far", with what it takes to make one.
import { ApiError, api } from '../sdk/index.js'
import { portalQuery } from '../sdk/portal.js'

const BASE = '/_allauth/browser/v1/'

/**
 * @typedef {{status: number, data?: any, meta?: any}} Answer
 * @typedef {{message: string, code: string, param?: string}} FieldError `param` names the field
 */

/** What was sent is not right. */
export class Refused extends Error {
  /** @param {FieldError[]} fieldErrors */
  constructor(fieldErrors) {
    super(fieldErrors.map(({ message }) => message).join(' '))
    this.fieldErrors = fieldErrors
  }
}

/** The person is signed in, and must show again that it is really them. */
export class ReauthenticationRequired extends Error {
  /** @param {{id: string}[]} flows the ways to show it */
  constructor(flows) {
    super('asked to confirm')
    this.flows = flows.map(({ id }) => id)
  }
}

/**
 * allauth's answer, whatever its status. Throws Refused, ReauthenticationRequired, or an ApiError when the portal itself did not let it answer.
 * @param {string} path below its address, such as auth/login
 * @param {Parameters<typeof api>[1]} [options]
 * @returns {Promise<Answer>}
 */
export async function ask(path, options) {
  try {
    return { status: 200, ...(await api(BASE + path, options)) }
  } catch (error) {
    const answer = /** @type {any} */ (error instanceof ApiError ? error.problem : null)
    if (!answer || answer.type) throw error // nobody answered, or the portal did in allauth's place
    if (answer.errors?.length) throw new Refused(answer.errors)
    if (![401, 404, 409].includes(answer.status)) throw error
    if (answer.status === 401 && answer.meta?.is_authenticated)
      throw new ReauthenticationRequired(answer.data?.flows ?? [])
    return answer
  }
}

/** The same for what needs a person; without one, the shell leads to the sign-in page. */
export async function askAsPerson(path, options) {
  const answer = await ask(path, options)
  if (answer.status === 401) throw new ApiError(401, { title: 'Nobody is signed in' })
  return answer
}

/**
 * How the portal does signing in: `account.is_open_for_signup`, `portal.sign_up_domains` (none: any address may),
 * `portal.maintainers`.
 */
export const configQuery = {
  queryKey: ['sign-in config'],
  queryFn: async ({ signal }) => (await ask('config', { signal })).data,
  staleTime: Infinity,
}

/** Asks the portal again who is signed in, and waits for it. @param {import('@tanstack/react-query').QueryClient} client */
export function fetchSession(client) {
  return client.fetchQuery({ ...portalQuery, staleTime: 0 })
}

/** Nobody is signed in any more: known here before the portal says so. @param {import('@tanstack/react-query').QueryClient} client */
export async function clearSession(client) {
  client.setQueryData(
    portalQuery.queryKey,
    (/** @type {any} */ portal) => portal && { ...portal, person: null, unread: 0 },
  )
  await client.invalidateQueries({ queryKey: portalQuery.queryKey })
}
