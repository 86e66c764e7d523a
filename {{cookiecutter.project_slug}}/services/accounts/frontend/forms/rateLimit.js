import { t } from '@portal/i18n'
import { i18n } from '@portal/sdk'

const MINUTE = 60
const HOUR = 3_600

/**
 * Return the message for an answer with status 429.
 * @param {number} [seconds] how long to wait, when the server says so
 */
export function tooManyAttempts(seconds) {
  if (!seconds) return t`Try again in a few minutes.`
  const wait = formatWait(seconds, i18n.locale)
  return t`Try again ${wait}.`
}

/**
 * Format a wait, such as "in 5 minutes". Rounds up, because an attempt that comes too early has to wait again.
 * @param {number} seconds
 * @param {string} locale
 */
export function formatWait(seconds, locale) {
  const [unit, length] =
    seconds < 2 * MINUTE
      ? /** @type {const} */ (['second', 1])
      : seconds < 2 * HOUR
        ? /** @type {const} */ (['minute', MINUTE])
        : /** @type {const} */ (['hour', HOUR])
  return new Intl.RelativeTimeFormat(locale).format(Math.ceil(seconds / length), unit)
}
