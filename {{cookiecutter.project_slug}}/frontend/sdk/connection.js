// Milliseconds. The longest delay before a new connection doubles with each failure. The real delay is a random part of it, so that the
// browsers of a whole campus do not come back in the same moment. With this cap, all are back within 10 seconds of the server's return.
const FIRST_DELAY = 1_000
const MAX_DELAY = 8_000
const STABLE_AFTER = 10_000 // after a connection of this length, the delays start from the beginning

// Close codes of the server. 4001: the session has ended. 4003: this person has no access any more.
const ACCESS_CODES = [4001, 4003]
// Milliseconds. Changing the password ends the session too, and the answer with the cookie of the new one may arrive after the close code.
const ANSWER_MARGIN = 1_000

/**
 * Open a WebSocket and keep it connected, without React.
 * @param {string} path such as `/ws/polls/1/`
 * @param {{onMessage: (message: any) => void, onOpen?: (open: boolean) => void, onAccessLost?: () => void, onWake?: () => void}} listener
 *   `onMessage` is called with each message that is JSON; `onOpen` with true after each connection and with false when it is lost;
 *   `onWake` when a tab that has a connection becomes visible, or its device is online again
 * @returns {{send: (message: object) => void, close: () => void, reconnect: () => void}} `send` sends JSON over an open connection;
 *   `close` closes the socket for good; `reconnect` gives a connection up that does not answer
 */
export function keepConnected(
  path,
  { onMessage, onOpen = () => {}, onAccessLost = () => {}, onWake = () => {} },
) {
  const url = new URL(path, location.href)
  url.protocol = url.protocol.replace('http', 'ws')

  /** @type {WebSocket | null} */
  let socket = null
  let timer = 0
  let failures = 0
  let closed = false

  function connect() {
    clearTimeout(timer)
    const connection = new WebSocket(url.href)
    let openedAt = Infinity
    socket = connection
    connection.onopen = () => {
      openedAt = Date.now()
      onOpen(true)
    }
    connection.onmessage = ({ data }) => {
      const message = parse(data)
      if (message) onMessage(message)
    }
    connection.onclose = ({ code }) => {
      if (closed || socket !== connection) return
      if (Date.now() - openedAt > STABLE_AFTER) failures = -1
      connectLater(code)
    }
  }

  /** @param {number} [code] the close code of the server */
  function connectLater(code) {
    socket = null
    onOpen(false)
    failures += 1
    let delay = Math.random() * Math.min(MAX_DELAY, FIRST_DELAY * 2 ** failures)
    if (ACCESS_CODES.includes(code)) {
      window.setTimeout(() => closed || onAccessLost(), ANSWER_MARGIN)
      // The page usually closes before this delay ends. It stays when the person still has access, as after changing the password in
      // another window.
      delay = MAX_DELAY * (0.5 + Math.random() / 2)
    }
    timer = window.setTimeout(connect, delay)
  }

  // Browsers stop the timers of hidden tabs, and sleeping devices lose connections without noticing.
  function wake() {
    if (closed || document.visibilityState === 'hidden') return
    if (socket) onWake()
    else connect()
  }

  // Some browsers do not keep a page with an open socket in the cache from which they show it when the reader goes back.
  function pause() {
    clearTimeout(timer)
    if (!socket) return
    closeQuietly(socket)
    socket = null
    onOpen(false)
  }

  /** @param {PageTransitionEvent} event */
  function resume({ persisted }) {
    if (persisted && !socket) connect()
  }

  connect()
  window.addEventListener('pagehide', pause)
  window.addEventListener('pageshow', resume)
  window.addEventListener('online', wake)
  document.addEventListener('visibilitychange', wake)
  return {
    send: (message) => socket?.send(JSON.stringify(message)),
    reconnect() {
      if (!socket) return
      closeQuietly(socket)
      connectLater()
    },
    close() {
      closed = true
      clearTimeout(timer)
      window.removeEventListener('pagehide', pause)
      window.removeEventListener('pageshow', resume)
      window.removeEventListener('online', wake)
      document.removeEventListener('visibilitychange', wake)
      if (socket) closeQuietly(socket)
    },
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

/** Parse a message of the server. Returns null for anything but a JSON object. */
function parse(data) {
  try {
    const message = JSON.parse(data)
    return typeof message === 'object' ? message : null
  } catch {
    return null
  }
}

/**
 * Receive the updates of an app's own socket, without React. After an interruption, `onUpdate` is called with `{type: 'resync'}`.
 * @param {string} path such as `/ws/polls/1/`
 * @param {{onUpdate: (update: {type: string}) => void, onOpen?: (open: boolean) => void, onAccessLost?: () => void}} listener
 * @returns {() => void} a function that closes the socket for good
 */
export function connectSocket(path, { onUpdate, onOpen = () => {}, onAccessLost }) {
  let interrupted = false
  const connection = keepConnected(path, {
    onMessage(update) {
      if (typeof update.type === 'string') onUpdate(update)
    },
    onOpen(open) {
      onOpen(open)
      if (open && interrupted) onUpdate({ type: 'resync' })
      interrupted = true
    },
    onAccessLost,
  })
  return connection.close
}
