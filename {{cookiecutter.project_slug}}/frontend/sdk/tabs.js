// The messages between the tabs of one browser. `@portal/sdk/tabs` is not part of `@portal/sdk`, so that only pages that send one load it.

import { keepMessage } from './lastMessage.js'

const NAME = 'portal'

/**
 * @typedef {{kind: string, person?: string | number, scheme?: '' | 'light' | 'dark', language?: string, [member: string]: any}} TabMessage
 *   `kind` is one of the shell's, or the name of an app. The shell's: `signed-in`: `person` signed in, perhaps another one than before;
 *   `signed-out`: the person chose to sign out; `scheme`; `language`; `shown-again`: this page comes from the browser's page cache, where
 *   it got no messages
 */

/** @type {BroadcastChannel | null} */
let channel = null
/** @type {Set<(message: TabMessage) => void>} */
const listeners = new Set()

/**
 * Send a message to the other tabs of this browser that show this site. A tab that is still loading gets it later.
 * @param {TabMessage} message
 */
export function postToTabs(message) {
  open()?.postMessage(message)
  keepMessage(message.kind)
}

/**
 * Call a function with each message of another tab.
 * @param {(message: TabMessage) => void} listener
 * @returns {() => void} a function that stops it
 */
export function listenToTabs(listener) {
  listeners.add(listener)
  open()
  return () => {
    listeners.delete(listener)
    if (listeners.size === 0) close()
  }
}

/** Open the channel once. Tests run without one. */
function open() {
  if (!channel && globalThis.BroadcastChannel) {
    channel = new BroadcastChannel(NAME)
    channel.onmessage = receive
  }
  return channel
}

const receive = ({ data }) => listeners.forEach((listener) => listener(data))

function close() {
  channel?.close()
  channel = null
}

// A page in the browser's page cache has no channel: a message would remove it from there.
addEventListener('pagehide', close)
addEventListener('pageshow', ({ persisted }) => {
  if (!persisted || listeners.size === 0) return
  open()
  receive({ data: { kind: 'shown-again' } })
})
