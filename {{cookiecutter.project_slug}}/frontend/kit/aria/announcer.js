// What React Aria announces to screen readers. The build uses this module in place of React Aria's own, which writes `innerHTML`: the content
// security policy forbids that, and the page would stop working.
import { topmostDialog } from '../openDialogs.js'

const DURATION = 7_000 // milliseconds until a text is removed

/** @type {Record<string, HTMLElement>} 'assertive' or 'polite' -> the element that screen readers watch */
const logs = {}

/**
 * @param {string | {'aria-labelledby': string}} message a text, or the id of an element with the text
 * @param {'assertive' | 'polite'} [assertiveness]
 * @param {number} [duration] milliseconds
 */
export function announce(message, assertiveness = 'assertive', duration = DURATION) {
  const line = document.createElement('div')
  if (typeof message === 'object') {
    line.setAttribute('role', 'img') // otherwise the label is not read
    line.setAttribute('aria-labelledby', message['aria-labelledby'])
  } else line.textContent = message
  logFor(assertiveness).append(line)
  setTimeout(() => line.remove(), duration)
}

/** @param {'assertive' | 'polite'} [assertiveness] by default both */
export function clearAnnouncer(assertiveness) {
  for (const [name, log] of Object.entries(logs))
    if (!assertiveness || name === assertiveness) log.replaceChildren()
}

export function destroyAnnouncer() {
  for (const [name, log] of Object.entries(logs)) {
    log.remove()
    delete logs[name]
  }
}

/** Return the log, in the topmost dialog: what is outside of a modal dialog is not read. */
function logFor(assertiveness) {
  const container = topmostDialog() ?? document.body
  const log = (logs[assertiveness] ??= createLog(assertiveness))
  if (log.parentElement !== container) container.append(log)
  return log
}

function createLog(assertiveness) {
  const log = document.createElement('div')
  log.className = 'visually-hidden'
  log.setAttribute('role', 'log')
  log.setAttribute('aria-live', assertiveness)
  log.setAttribute('aria-relevant', 'additions')
  return log
}
