import { api, useRefresh, useSyncExternalStore } from '@portal/sdk'
import { t } from '@portal/i18n'
import { errorText } from '../errorText.js'
import { toast } from './Toasts.jsx'

/** @type {ReadonlyMap<string, object>} path -> the fields that have new values on the page */
let changes = new Map()
/** @type {Map<string, Promise<any>>} path -> its last request: an undo waits for its change */
const running = new Map()
const listeners = new Set()

const subscribe = (listener) => {
  listeners.add(listener)
  return () => listeners.delete(listener)
}
const getChanges = () => changes

/** @param {[string, object][]} entries */
function setChanges(entries) {
  changes = new Map(entries)
  for (const listener of listeners) listener()
}

/**
 * Change things at once, with a message to undo it. The page shows the new values before the server has answered, and the old ones again
 * when it refuses.
 *
 *     const { change, withChange } = useUndoableChange('/api/library/')
 *     const { lent } = withChange(path, book)
 *     <Button onClick={() => change(path, book, { lent: true }, t`Book lent`)}>
 *
 * `change(path, item, fields, text)` sends PATCH with `fields` to `path`; "Undo" sends the values that `item` had. `text` is the message
 * beside "Undo". `withChange(path, item)` is the item as the page should show it.
 * @param {string} list the path of the list, which is refreshed afterwards with any query: see `useRefresh`
 */
export function useUndoableChange(list) {
  const refresh = useRefresh(list)
  const visible = useSyncExternalStore(subscribe, getChanges)

  async function send(path, fields) {
    setChanges([...changes, [path, fields]])
    const request = (running.get(path) ?? Promise.resolve()).then(() =>
      api(path, { method: 'PATCH', body: fields }),
    )
    running.set(
      path,
      request.catch(() => {}),
    )
    try {
      await request
    } catch (error) {
      toast(t`Not saved: ${errorText(error)}`, { kind: 'error' })
    }
    await refresh()
    if (changes.get(path) !== fields) return // there was another change meanwhile
    running.delete(path)
    setChanges([...changes].filter(([other]) => other !== path))
  }

  /**
   * @template {object} Item
   * @param {string} path @param {Item} item @param {Partial<Item>} fields @param {string} text
   */
  function change(path, item, fields, text) {
    const before = Object.fromEntries(Object.keys(fields).map((name) => [name, item[name]]))
    send(path, fields)
    toast(text, { undo: () => send(path, before) })
  }

  /** @template Item @param {string} path @param {Item} item @returns {Item} */
  const withChange = (path, item) => ({ ...item, ...visible.get(path) })

  return { change, withChange }
}
