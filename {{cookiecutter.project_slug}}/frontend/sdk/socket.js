import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { usePortal } from './portal.js'

const FIRST_PAUSE = 1_000 // milliseconds, doubled at each failure
const LONGEST_PAUSE = 30_000
const STABLE_AFTER = 10_000 // a connection that lasted this long was a good one

// Why the server closes a socket that was open: its session has ended, or it is not for this person any more.
const REFUSED = [4001, 4003]

/**
 * Keeps a socket open and calls `onUpdate` for each message. A message only hints that something changed: ask the API for what.
 * After an interruption, in which hints may have been missed, it is called with {type: 'resync'}. When the server closes the socket to this
 * person, all that is on the screen is asked for anew, so that the shell learns who is signed in now, and what is open to them.
 * @param {string | null} path such as /ws/polls/1/; null for none
 * @param {(hint: {type: string, [key: string]: any}) => void} onUpdate
 * @returns {boolean} whether the socket is open now
 */
export function useSocket(path, onUpdate) {
  const [open, setOpen] = useState(false)
  const latest = useRef(onUpdate)
  const client = useQueryClient()
  const person = usePortal().person?.id // a socket belongs to whoever opened it: another person opens another one
  useEffect(() => {
    latest.current = onUpdate
  })
  useEffect(() => {
    if (!path) return
    const close = keepOpen(path, {
      onUpdate: (hint) => latest.current(hint),
      onOpen: setOpen,
      onRefused: () => client.invalidateQueries(),
    })
    return () => {
      close()
      setOpen(false)
    }
  }, [path, person, client])
  return open
}

/**
 * The same without React. Returns what closes it for good.
 * @param {string} path
 * @param {{onUpdate: (hint: {type: string}) => void, onOpen?: (open: boolean) => void, onRefused?: () => void}} listener
 */
export function keepOpen(path, { onUpdate, onOpen = () => {}, onRefused = () => {} }) {
  const address = new URL(path, location.href)
  address.protocol = address.protocol.replace('http', 'ws')

  /** @type {WebSocket | null} */
  let socket = null
  let timer = 0
  let failures = 0
  let interrupted = false
  let closed = false

  function connect() {
    clearTimeout(timer)
    const mine = new WebSocket(address.href)
    let since = Infinity
    socket = mine
    mine.onopen = () => {
      since = Date.now()
      onOpen(true)
      if (interrupted) onUpdate({ type: 'resync' })
      interrupted = false
    }
    mine.onmessage = ({ data }) => {
      const hint = parse(data)
      if (hint) onUpdate(hint)
    }
    mine.onclose = ({ code }) => {
      if (closed || socket !== mine) return
      socket = null
      interrupted = true
      onOpen(false)
      failures = Date.now() - since > STABLE_AFTER ? 0 : failures + 1
      let pause = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** failures)
      if (REFUSED.includes(code)) {
        onRefused()
        pause = LONGEST_PAUSE // by then the page is gone; or it is still theirs, as after a change of password in another window
      }
      // Not all browsers at once when a server comes back, hence the random part.
      timer = window.setTimeout(connect, pause * (0.5 + Math.random() / 2))
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
 * Closes a socket, but not before it is open: browsers would warn in their console. React's StrictMode mounts each component
 * twice in development, and so closes a socket that has just been created.
 * @param {WebSocket} socket
 */
function closeQuietly(socket) {
  socket.onmessage = null
  if (socket.readyState === WebSocket.CONNECTING) socket.onopen = () => socket.close()
  else socket.close()
}

function parse(data) {
  try {
    const hint = JSON.parse(data)
    return typeof hint?.type === 'string' ? hint : null
  } catch {
    return null // not ours: a hint is JSON with a type
  }
}
