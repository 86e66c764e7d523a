// What the parts of this page share: the address of the API, and the words for what it answers.
import { clock, i18n } from '@portal/sdk'
import { t } from '@portal/i18n'

/**
 * @typedef {'ok' | 'waiting' | 'degraded' | 'down'} Status
 * @typedef {{service: string, title: string, tier: number, technology: string, version: string, embedded_backend: string, status: Status,
 *   milliseconds: number, detail: string}} Part
 * @typedef {{service: string, status: Status, title: string, meaning: string, steps: string[], since: string | null, detail: string}} Failure
 * @typedef {{name: string, waiting: number | null, oldest: string | null}} Queue
 * @typedef {{kind: string, last_good: string | null, failed: boolean}} Runs
 * @typedef {{id: number, subject: string, recipient: string, error: string, given_up_at: string}} FailedMail
 * @typedef {{checked_at: string, interval: number, environment: string, problems: Failure[], tiers: {tier: number, parts: Part[]}[],
 *   certificates: {site: string, days: number, ends_soon: boolean}[], queues: Queue[],
 *   mail: {failed: number, sent: number, items: FailedMail[]}, sign_ins: {accepted: number, refused: number},
 *   disk: {total: number, free: number}, backups: Runs[], versions: {name: string, version: string}[], redis_gui: boolean}} State
 */

export const API = '/api/overview/'

/** Status -> the tone of its chip, and its word. */
export const statuses = () => ({
  down: { tone: /** @type {const} */ ('bad'), word: t`No answer` },
  degraded: { tone: /** @type {const} */ ('warn'), word: t`Needs attention` },
  waiting: { tone: /** @type {const} */ ('warn'), word: t`Waiting` },
  ok: { tone: /** @type {const} */ ('good'), word: t`Works` },
})

/** Format a number of bytes in the largest unit that gives at least 1, such as "58 GB". @param {number} bytes */
export function formatBytes(bytes) {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte']
  const index = Math.min(Math.floor(Math.log10(Math.max(bytes, 1)) / 3), units.length - 1)
  return i18n.number(bytes / 1000 ** index, {
    style: 'unit',
    unit: units[index],
    unitDisplay: 'short',
    maximumFractionDigits: 0,
  })
}

/** @param {number} share from 0 to 1 */
export const formatPercent = (share) => i18n.number(share, { style: 'percent', maximumFractionDigits: 0 })

/** Format the time of day with seconds. @param {string} value ISO 8601 */
export const formatTime = (value) => i18n.date(value, { timeStyle: 'medium', timeZone: clock.zone })
