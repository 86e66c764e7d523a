// The messages on the screen, without React.

const MOST = 3 // messages at a time
const SECONDS = 6
const UNDO_SECONDS = 5

/**
 * @typedef {object} ToastOptions
 * @property {'info' | 'success' | 'error'} [kind] an error stays until the person closes it
 * @property {() => void} [undo] shows the button "Undo", which calls it
 * @property {number} [seconds] how long the message stays: by default 6, and 5 with `undo`
 * @property {() => void} [onEnd] called when the message goes, except after "Undo"
 */

/** One message with its clock. The clock stops while the pointer or the keyboard focus is on the message. */
export class Toast {
  #timer = 0
  #startedAt = 0
  #remaining

  /** @param {number} id @param {string} text @param {ToastOptions} options */
  constructor(id, text, { kind = 'info', undo, seconds, onEnd }) {
    this.id = id
    this.text = text
    this.kind = kind
    this.hasUndo = Boolean(undo)
    this.undo = () => this.#finish(undo)
    this.end = () => this.#finish(onEnd)
    this.#remaining = (seconds ?? (undo ? UNDO_SECONDS : SECONDS)) * 1_000
    this.resume()
  }

  pause = () => {
    if (!this.#timer) return
    clearTimeout(this.#timer)
    this.#timer = 0
    this.#remaining -= Date.now() - this.#startedAt
  }

  resume = () => {
    if (this.#timer || this.kind === 'error') return
    this.#startedAt = Date.now()
    this.#timer = window.setTimeout(this.end, Math.max(0, this.#remaining))
  }

  #finish(callback) {
    clearTimeout(this.#timer)
    if (!toasts.includes(this)) return
    change(toasts.filter((other) => other !== this))
    callback?.()
  }
}

/** @type {Toast[]} */
let toasts = []
let count = 0
const listeners = new Set()

export const getToasts = () => toasts

/** @param {() => void} listener */
export function subscribe(listener) {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

/** @param {string} text @param {ToastOptions} [options] */
export function addToast(text, options = {}) {
  for (const old of toasts.slice(0, Math.max(0, toasts.length + 1 - MOST))) old.end()
  const added = new Toast(++count, text, options)
  change([...toasts, added])
  return added
}

/** End all messages at once, as if their time were over. */
export const endAll = () => toasts.forEach((one) => one.end())

/** Drop all messages, without calling anything. Tests end with it. */
export function clear() {
  for (const one of toasts) one.pause()
  change([])
}

function change(next) {
  toasts = next
  for (const listener of listeners) listener()
}

// The page is being closed: what waits for the end of a message happens now.
window.addEventListener('pagehide', endAll)
