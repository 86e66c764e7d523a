import { api, useRefresh, useSyncExternalStore } from '@portal/sdk'
import { t } from '@portal/i18n'
import { errorText } from '../errorText.js'
import { endAll } from './store.js'
import { toast } from './Toasts.jsx'

/** @type {ReadonlySet<string>} paths that are being deleted: their items are not shown any more */
let deleted = new Set()
/** @type {Set<Promise<void>>} deletions without an answer yet */
const running = new Set()
const listeners = new Set()

const subscribe = (listener) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
const getDeleted = () => deleted

function mark(path, isDeleted) {
  deleted = new Set(isDeleted ? [...deleted, path] : [...deleted].filter((one) => one !== path))
  for (const listener of listeners) listener()
}

/** @param {Promise<void>} deletion */
function follow(deletion) {
  running.add(deletion)
  deletion.finally(() => running.delete(deletion))
}

/** Delete at once what can still be undone, and wait until that is done. Call it before the session ends. */
export async function finishDeletions() {
  endAll()
  await Promise.all(running)
}

/**
 * Delete things with five seconds to undo it. The item disappears at once. The request is sent when the seconds are over, and also when the
 * page is closed before that.
 *
 *     const { remove, isDeleted } = useUndoableDelete('/api/library/')
 *     const books = items.filter(({ id }) => !isDeleted(`/api/library/${id}/`))
 *     <Button onClick={() => remove(`/api/library/${id}/`, t`Book deleted`)}>
 *
 * `remove(path, text)` sends DELETE to `path`; `text` is the message beside "Undo". `isDeleted(path)` tells whether to hide the item.
 * @param {string} list the path of the list, which is refreshed afterwards with any query: see `useRefresh`
 */
export function useUndoableDelete(list) {
  const refresh = useRefresh(list)
  const paths = useSyncExternalStore(subscribe, getDeleted)

  async function send(path) {
    try {
      await api(path, { method: 'DELETE', keepalive: true })
      await refresh()
    } catch (error) {
      if (error.status !== 404) toast(t`Not deleted: ${errorText(error)}`, { kind: 'error' })
      await refresh()
    } finally {
      mark(path, false)
    }
  }

  /** @param {string} path @param {string} text */
  function remove(path, text) {
    mark(path, true)
    toast(text, { undo: () => mark(path, false), onEnd: () => follow(send(path)) })
  }

  return { remove, isDeleted: (path) => paths.has(path) }
}
