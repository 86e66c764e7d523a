import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { usePortal } from './portal.js'

// Milliseconds. The delay before a new connection doubles with each failure.
const FIRST_DELAY = 1_000
const MAX_DELAY = 30_000
const STABLE_AFTER = 10_000 // after a connection of this length, the delay starts from the beginning

// Close codes of the server. 4001: the session has ended. 4003: this person has no access any more.
const ACCESS_CODES = [4001, 4003]

/**
 * Receive updates over a WebSocket while the component is mounted. An update says that something changed, not what: ask the API for the
 * new content, for example with `queryClient.invalidateQueries()`.
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
    const close = connectSocket(path, {
      onUpdate: (update) => latest.current(update),
      onOpen: setOpen,
      onAccessLost: () => client.invalidateQueries(),
    })
    return () => {
      close()
      setOpen(false)
    }
  }, [path, person, client])
  return open
}

/**
 * Open a WebSocket and keep it connected, without React.
 * @param {string} path such as `/ws/polls/1/`
 * @param {{onUpdate: (update: {type: string}) => void, onOpen?: (open: boolean) => void, onAccessLost?: () => void}} listener
 *   `onOpen` is called with true after each connection and with false when it is lost
 * @returns {() => void} a function that closes the socket for good
 */
export function connectSocket(path, { onUpdate, onOpen = () => {}, onAccessLost = () => {} }) {
  const url = new URL(path, location.href)
  url.protocol = url.protocol.replace('http', 'ws')

  /** @type {WebSocket | null} */
  let socket = null
  let timer = 0
  let failures = 0
  let interrupted = false
  let closed = false

  function connect() {
    clearTimeout(timer)
    const connection = new WebSocket(url.href)
    let openedAt = Infinity
    socket = connection
    connection.onopen = () => {
      openedAt = Date.now()
      onOpen(true)
      if (interrupted) onUpdate({ type: 'resync' })
      interrupted = false
    }
    connection.onmessage = ({ data }) => {
      const update = parseUpdate(data)
      if (update) onUpdate(update)
    }
    connection.onclose = ({ code }) => {
      if (closed || socket !== connection) return
      socket = null
      interrupted = true
      onOpen(false)
      failures = Date.now() - openedAt > STABLE_AFTER ? 0 : failures + 1
      let delay = Math.min(MAX_DELAY, FIRST_DELAY * 2 ** failures)
      if (ACCESS_CODES.includes(code)) {
        onAccessLost()
        // The page usually closes before this delay ends. It stays when the person still has access, as after changing the password
        // in another window.
        delay = MAX_DELAY
      }
      // The random part spreads the connections of many browsers after a restart of the server.
      timer = window.setTimeout(connect, delay * (0.5 + Math.random() / 2))
    }
  }

  function reconnectNow() {
    if (socket || closed || document.visibilityState === 'hidden') return
    connect()
  }

  connect()
  window.addEventListener('online', reconnectNow)
  document.addEventListener('visibilitychange', reconnectNow)
  return () => {
    closed = true
    clearTimeout(timer)
    window.removeEventListener('online', reconnectNow)
    document.removeEventListener('visibilitychange', reconnectNow)
    if (socket) closeQuietly(socket)
  }
}

/**
 * Close a socket once it is open. Browsers write a warning to the console when a socket is closed before that. In development, React's
 * StrictMode mounts each component twice and so closes a socket that was just created.
 * @param {WebSocket} socket
 */
function closeQuietly(socket) {
  socket.onmessage = null
  if (socket.readyState === WebSocket.CONNECTING) socket.onopen = () => socket.close()
  else socket.close()
}

/** Parse a message of the server. Returns null for anything but JSON with a `type`. */
function parseUpdate(data) {
  try {
    const update = JSON.parse(data)
    return typeof update?.type === 'string' ? update : null
  } catch {
    return null
  }
}
