import { ApiError, i18n } from '@portal/sdk'
import { t } from '@portal/i18n'

/**
 * Say what went wrong, and what to do, in words for people and in their language. The words of libraries never appear, but in development.
 * @param {any} error what `api()` threw, or any other error
 * @returns {string}
 */
export function errorText(error) {
  if (!(error instanceof ApiError)) return t`Something went wrong on this page.`
  const { status, reason, retryAfter, problem } = error
  if (reason === 'offline') return t`You are offline. Try again when you are connected.`
  if (reason === 'timeout') return t`The portal did not answer in time. Try again in a moment.`
  if (reason === 'unreadable')
    return t`The answer is not from the portal. Does your network have a sign-in page? Open it, and try again.`
  if (status === 0) return t`The portal did not answer. Check your connection and try again.`
  // In development, the answer says which line of the app failed: core/development/errors.py.
  if (process.env.NODE_ENV === 'development' && status >= 500 && problem.detail) return problem.detail
  const isForPeople = status < 500 && ![405, 406, 415, 421].includes(status)
  // The title of problem details is the name of the status.
  const cause = (isForPeople && (problem.detail || (!problem.type && problem.title))) || causeOf(status)
  if (status !== 429 || !retryAfter) return cause
  const wait = waitingTime(retryAfter)
  return t`${cause} Try again in ${wait}.`
}

/** Say what an answer means that explains nothing itself, such as a proxy's page. @param {number} status */
function causeOf(status) {
  if (status === 401) return t`You are not signed in. Sign in, and try again.`
  if (status === 404) return t`This does not exist, or you do not have access to it.`
  if (status === 413) return t`This is too large for the portal.`
  if ([405, 406, 415, 421].includes(status)) return t`This page is out of date. Reload it.`
  if (status === 429) return t`Too many requests.`
  if (status >= 500) return t`The portal has a problem. Try again in a moment.`
  return t`The portal did not accept this.`
}

/** Say how long to wait, such as "5 minutes". @param {number} seconds */
function waitingTime(seconds) {
  const [value, unit] =
    seconds < 60 ? [seconds, 'second'] : seconds < 3600 ? [seconds / 60, 'minute'] : [seconds / 3600, 'hour']
  return i18n.number(Math.ceil(value), { style: 'unit', unit, unitDisplay: 'long' })
}

/** Return whether the same request may succeed later. @param {any} error */
export const mayPass = (error) =>
  !(error instanceof ApiError) || error.status === 0 || error.status === 429 || error.status >= 500
