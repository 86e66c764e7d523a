// The module `@portal/sdk/draft`. It is not part of `@portal/sdk`, so that only pages with a form that keeps a draft load it.
import { useEffect, useState, useSyncExternalStore } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { api } from './api.js'
import { portalQuery } from './portal.js'

// Milliseconds.
const SAVE_AFTER = 800 // after the last change
const FIRST_RETRY = 2_000 // doubles with each failure
const MAX_RETRY = 60_000

/**
 * @typedef {object} DraftState
 * @property {any} value what the form shows
 * @property {'loading' | 'idle' | 'saving' | 'saved' | 'failed'} status `idle`: nothing was typed and nothing is saved
 * @property {import('./api.js').ApiError | null} error why it could not be loaded or saved; it is tried again by itself if that can help
 * @property {boolean} restored whether the value, or an earlier one, came from the server
 */

/**
 * Keep what a person types into a form, across a reload and on their other devices. The view at `path` inherits from `DraftView`.
 *
 * The draft is loaded once, unless something was typed before it arrived. Changes are saved when the person pauses, when the tab is hidden
 * and when the page is closed. When the tab gets the focus and everything is saved, it shows what was saved last, also in another tab.
 *
 * Returns `value`, `status`, `error` and `restored` (see DraftState), and
 * - `setValue(value)`: changes the value; like a setter of React, it also takes a function.
 * - `discard()`: empties the form and deletes the draft; call it after the form was sent.
 * @param {string | null} path such as `/api/polls/draft/`; null keeps nothing, as for anonymous visitors
 * @param {{initial: any}} options `initial`: an object, the value of an empty form
 */
export function useDraft(path, { initial }) {
  const [keeper, setKeeper] = useState(() => new DraftKeeper(path, initial))
  if (keeper.path !== path) setKeeper(new DraftKeeper(path, initial))
  const client = useQueryClient()
  useEffect(
    () => keeper.start(() => client.getQueryData(portalQuery.queryKey)?.['person']?.id),
    [keeper, client],
  )
  const state = useSyncExternalStore(keeper.subscribe, keeper.getState)
  return { ...state, setValue: keeper.setValue, discard: keeper.discard }
}

/** The draft of one form, without React. */
export class DraftKeeper {
  /** @type {DraftState} */
  #state
  #listeners = new Set()
  #changes = 0 // so often the value was changed
  #savedChanges = 0 // as many of them are saved
  #savedAt = '' // the server's time of the version that this tab has
  #generation = 0 // answers to requests of an earlier generation are ignored
  #failures = 0
  #timer = 0
  /** @type {Promise<any> | null} */
  #saving = null
  #isLoading = false
  #isOwn = () => true

  constructor(path, initial) {
    this.path = path
    this.initial = initial
    this.#state = { value: initial, status: path ? 'loading' : 'idle', error: null, restored: false }
  }

  getState = () => this.#state

  subscribe = (listener) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /**
   * Load the draft, and save changes until the returned function is called.
   * @param {() => unknown} [personOf] returns who is signed in: what one person typed is not saved as the draft of the next
   */
  start(personOf = () => null) {
    const person = personOf()
    this.#isOwn = () => personOf() === person
    if (!this.path) return () => {}
    const onVisibility = () => (document.visibilityState === 'hidden' ? this.#save(true) : this.load())
    const onFocus = () => this.load()
    const onHide = () => this.#save(true)
    window.addEventListener('focus', onFocus)
    window.addEventListener('pagehide', onHide)
    document.addEventListener('visibilitychange', onVisibility)
    this.load()
    return () => {
      window.removeEventListener('focus', onFocus)
      window.removeEventListener('pagehide', onHide)
      document.removeEventListener('visibilitychange', onVisibility)
      this.#save(true)
      clearTimeout(this.#timer)
    }
  }

  setValue = (change) => {
    const value = typeof change === 'function' ? change(this.#state.value) : change
    if (!this.path) return this.#update({ value })
    this.#changes++
    this.#update({ value, status: 'saving', error: null })
    this.#schedule(SAVE_AFTER)
  }

  discard = async () => {
    clearTimeout(this.#timer)
    this.#generation++
    this.#savedChanges = this.#changes
    this.#savedAt = ''
    this.#update({ value: this.initial, status: 'idle', error: null, restored: false })
    if (!this.path) return
    await this.#saving?.catch(() => {}) // a draft that arrives after its deletion would stay
    try {
      await api(this.path, { method: 'DELETE' })
    } catch (error) {
      if (!this.#isUnsaved) this.#update({ status: 'failed', error })
    }
  }

  /** Load the draft, unless this tab has changes that are not saved yet. */
  async load() {
    if (this.#isUnsaved || this.#saving || this.#isLoading) return
    const before = [this.#changes, this.#generation]
    const isFirst = this.#state.status === 'loading'
    this.#isLoading = true
    try {
      const draft = await api(this.path)
      if (before[0] !== this.#changes || before[1] !== this.#generation) return // what was typed meanwhile is newer
      if (draft && draft.saved_at !== this.#savedAt) {
        const { saved_at: savedAt, ...value } = draft
        this.#savedAt = savedAt
        this.#update({ value: { ...this.initial, ...value }, status: 'saved', error: null, restored: true })
      } else if (isFirst) this.#update({ status: 'idle' })
    } catch (error) {
      if (isFirst && before[0] === this.#changes) this.#update({ status: 'failed', error })
    } finally {
      this.#isLoading = false
    }
  }

  get #isUnsaved() {
    return this.#changes !== this.#savedChanges
  }

  /** Save the value. The request of a page that is being closed goes on when `isClosing` is true. */
  async #save(isClosing = false) {
    clearTimeout(this.#timer)
    if (!this.#isUnsaved || !this.#isOwn()) return
    if (this.#saving && !isClosing) return this.#schedule(SAVE_AFTER)
    const changes = this.#changes
    const generation = this.#generation
    const request = api(this.path, { method: 'PUT', body: this.#state.value, keepalive: isClosing })
    this.#saving = request
    try {
      const { saved_at: savedAt } = await request
      if (generation !== this.#generation) return
      this.#savedAt = savedAt
      this.#savedChanges = Math.max(this.#savedChanges, changes)
      this.#failures = 0
      if (!this.#isUnsaved) this.#update({ status: 'saved', error: null })
    } catch (error) {
      if (generation !== this.#generation || changes !== this.#changes) return // a newer version is saved soon
      this.#update({ status: 'failed', error })
      const isTemporary = error.status === 0 || error.status === 429 || error.status >= 500
      if (isTemporary) {
        const delay = Math.min(MAX_RETRY, FIRST_RETRY * 2 ** this.#failures++)
        this.#schedule(Math.max(delay, (error.retryAfter ?? 0) * 1_000))
      }
    } finally {
      if (this.#saving === request) this.#saving = null
    }
  }

  #schedule(delay) {
    clearTimeout(this.#timer)
    this.#timer = window.setTimeout(() => this.#save(), delay)
  }

  #update(changes) {
    this.#state = { ...this.#state, ...changes }
    for (const listener of this.#listeners) listener()
  }
}
