import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { usePortal } from './portal.js'

const LOAD_AGAIN_WITHIN = 8_000 // milliseconds

/** Load the code of sockets. Pages are shown without it, so it is a chunk of its own. */
const loadLive = () =>
  import(/* webpackChunkName: "live" */ './live.js').catch(async () => {
    await new Promise((resolve) => setTimeout(resolve, Math.random() * LOAD_AGAIN_WITHIN))
    return loadLive()
  })

/** Call `start` once the code of sockets is there. Returns a function that calls what `start` returned. */
function withLive(start) {
  let stop = () => {}
  let stopped = false
  loadLive().then((live) => {
    if (!stopped) stop = start(live)
  })
  return () => {
    stopped = true
    stop()
  }
}

/**
 * Receive the updates of a topic while the component is mounted. An update says that something changed, not what: ask the API for the
 * new content, for example with `return queryClient.invalidateQueries()`. When `onUpdate` returns a promise, further updates wait for it
 * and become one.
 *
 * All topics of a tab share one socket, and all components with one topic share its subscription. `onUpdate` is called with
 * `{type: 'resync'}` when the subscription begins, and again after each interruption, because updates may have been missed.
 *
 * When this person may not see the topic any more, all queries are fetched again. The shell then shows the sign-in page or explains who has
 * access.
 * @param {string | null} name `<app>:<topic>` such as `polls:7`, or `person` for what changes for the person who is signed in; null
 *   subscribes to nothing
 * @param {(update: {type: 'update', version: number} | {type: 'resync'}) => unknown} onUpdate
 * @param {{onRefused?: (refusal: {status: number, detail: string}) => void}} [options] `onRefused` is called when the person may not
 *   subscribe, or not any more; `status` is that of HTTP
 */
export function useTopic(name, onUpdate, { onRefused } = {}) {
  const latest = useRef({ onUpdate, onRefused })
  const client = useQueryClient()
  const person = usePortal().person?.id
  useEffect(() => {
    latest.current = { onUpdate, onRefused }
  })
  useEffect(() => {
    if (!name) return
    const listener = {
      onUpdate: (update) => latest.current.onUpdate(update),
      onRefused: (refusal) => latest.current.onRefused?.(refusal),
      onAccessLost: () => client.invalidateQueries(),
    }
    return withLive((live) => live.subscribe(name, listener, person))
  }, [name, person, client])
}

/**
 * Receive updates of an app's own WebSocket while the component is mounted. Most apps need `useTopic` instead.
 *
 * A lost connection is opened again. `onUpdate` is then called with `{type: 'resync'}`, because updates may have been missed. When the
 * server closes the socket because this person may not use it any more, all queries are fetched again. The shell then shows the sign-in
 * page or explains who has access.
 * @param {string | null} path such as `/ws/polls/1/`; null opens no socket
 * @param {(update: {type: string, [key: string]: any}) => void} onUpdate
 * @returns {boolean} whether the socket is open
 */
export function useSocket(path, onUpdate) {
  const [open, setOpen] = useState(false)
  const latest = useRef(onUpdate)
  const client = useQueryClient()
  const person = usePortal().person?.id // the server ties a socket to a person: another person needs another one
  useEffect(() => {
    latest.current = onUpdate
  })
  useEffect(() => {
    if (!path) return
    const stop = withLive((live) =>
      live.connectSocket(path, {
        onUpdate: (update) => latest.current(update),
        onOpen: setOpen,
        onAccessLost: () => client.invalidateQueries(),
      }),
    )
    return () => {
      stop()
      setOpen(false)
    }
  }, [path, person, client])
  return open
}
