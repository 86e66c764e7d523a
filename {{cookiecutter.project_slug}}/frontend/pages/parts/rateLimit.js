import { t } from '@portal/i18n'
import { i18n } from '../../sdk/index.js'

const MINUTE = 60
const HOUR = 3_600

/**
 * What to say to somebody who has to wait.
 * @param {number} [seconds] as far as the server says
 */
export function tooManyAttempts(seconds) {
  if (!seconds) return t`That was tried too often. Wait a few minutes, then try again.`
  const when = formatWait(seconds, i18n.locale)
  return t`That was tried too often. You can try again ${when}.`
}

/**
 * "in 5 minutes": rounded up, for whoever comes too early has to wait once more.
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
