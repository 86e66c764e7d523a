import { keepConnected } from './connection.js'

// The one socket of this tab. It is open while there are topics. The frames are described in the portal's docs/explanation/updates.md.

const PATH = '/ws/portal/'

// Milliseconds.
const FRAME_GAP = 200 // between two frames; the server closes a socket that sends more than 10 a second
const LINGER = 1_000 // from the last unsubscription until the topic is given up: the next page often needs it again
const HANDLED_WITHIN = 5_000 // after that, an update counts as handled, even when its function is still busy
const ANSWER_WITHIN = 5_000 // after that, a connection that was silent while the tab slept counts as lost
const RETRY_WITHIN = 8_000 // when the server could not decide about a topic, or the socket has too many

const MOST_NAMES = 50 // of each kind in one frame, so that it stays below the 16 KiB that the server accepts

/**
 * @typedef {{status: number, detail: string}} Refusal
 * @typedef {{type: 'update', version: number} | {type: 'resync'}} TopicUpdate
 * @typedef {{onUpdate: (update: TopicUpdate) => unknown, onRefused: (refusal: Refusal) => void, onAccessLost: () => void}} Listener
 * @typedef {{listeners: Set<Listener>, subscribed: boolean, refusal: Refusal | null, timer: number}} Topic
 */

/** @type {Map<string, Topic>} */
const topics = new Map()

/** @type {ReturnType<typeof keepConnected> | null} */
let connection = null
let isOpen = false
/** @type {string | number | undefined} */
let owner // the person of the connection: the server ties a socket to its session
let onAccessLost = () => {}

/** @type {Set<(isLost: boolean) => void>} */
const watchers = new Set()

/**
 * Call a function when the tab's socket is lost, with true, and when it is open again or needed no more, with false.
 * @param {(isLost: boolean) => void} listener
 * @returns {() => void} a function that stops it
 */
export function watchSocket(listener) {
  watchers.add(listener)
  return () => watchers.delete(listener)
}

// What the next frame says.
const toSubscribe = new Set()
const toUnsubscribe = new Set()
const toAcknowledge = new Map()
let frameTimer = 0
let lastFrame = 0
let answerTimer = 0

/**
 * Subscribe to a topic. Several listeners of one topic share one subscription.
 * @param {string} name such as `polls:7`
 * @param {Listener} listener
 * @param {string | number} [person] id of the person who is signed in: a change opens another connection
 * @returns {() => void} a function that unsubscribes
 */
export function subscribe(name, listener, person) {
  onAccessLost = listener.onAccessLost
  if (connection && person !== owner) close()
  owner = person
  let topic = topics.get(name)
  if (topic) {
    if (topic.listeners.size === 0) clearTimeout(topic.timer)
    if (topic.subscribed) inform([listener], { type: 'resync' })
    else if (topic.refusal) listener.onRefused(topic.refusal)
  } else {
    topic = { listeners: new Set(), subscribed: false, refusal: null, timer: 0 }
    topics.set(name, topic)
    toSubscribe.add(name)
    sendSoon()
  }
  topic.listeners.add(listener)
  if (!connection) open()
  return () => {
    if (topic.listeners.delete(listener) && topic.listeners.size === 0) {
      clearTimeout(topic.timer)
      topic.timer = window.setTimeout(() => leave(name, topic), LINGER)
    }
  }
}

/** Give up all topics and close the socket. Tests begin with it. */
export function reset() {
  for (const { timer } of topics.values()) clearTimeout(timer)
  topics.clear()
  close()
}

function leave(name, topic) {
  if (topics.get(name) !== topic) return
  topics.delete(name)
  if (topics.size === 0) return close()
  if (!toSubscribe.delete(name)) toUnsubscribe.add(name)
  toAcknowledge.delete(name)
  sendSoon()
}

function open() {
  const own = keepConnected(PATH, {
    onOpen(nowOpen) {
      setOpen(nowOpen, !nowOpen)
      startAgain()
      sendSoon()
    },
    onMessage(frame) {
      if (own === connection) receive(frame)
    },
    onAccessLost: () => onAccessLost(),
    // A socket that has lost its server may look open for minutes.
    onWake() {
      if (!isOpen) return
      own.send({ subscribe: [] })
      clearTimeout(answerTimer)
      answerTimer = window.setTimeout(own.reconnect, ANSWER_WITHIN)
    },
  })
  connection = own
}

function close() {
  connection?.close()
  connection = null
  setOpen(false, false)
  startAgain()
}

/** @param {boolean} isLost whether it was open, or should be, and is not */
function setOpen(open, isLost) {
  isOpen = open
  for (const listener of watchers) listener(isLost)
}

/** Forget the frames of the last connection: the next one subscribes to all topics. */
function startAgain() {
  clearTimeout(frameTimer)
  clearTimeout(answerTimer)
  frameTimer = 0
  toSubscribe.clear()
  toUnsubscribe.clear()
  toAcknowledge.clear()
  for (const [name, topic] of topics) {
    topic.subscribed = false
    topic.refusal = null
    toSubscribe.add(name)
  }
}

// To the server

function sendSoon() {
  if (!isOpen || frameTimer) return
  const passed = Math.abs(Date.now() - lastFrame) // the clock may have been set back
  frameTimer = window.setTimeout(sendFrame, Math.max(0, FRAME_GAP - passed))
}

function sendFrame() {
  frameTimer = 0
  lastFrame = Date.now()
  /** @type {Record<string, any>} */
  const frame = {}
  if (toUnsubscribe.size > 0) frame.unsubscribe = take(toUnsubscribe)
  if (toSubscribe.size > 0) frame.subscribe = take(toSubscribe)
  if (toAcknowledge.size > 0) frame.acknowledge = Object.fromEntries(take(toAcknowledge))
  if (Object.keys(frame).length > 0) connection.send(frame)
  if (toUnsubscribe.size + toSubscribe.size + toAcknowledge.size > 0) sendSoon()
}

/** Remove the first members of a set or a map, and return them. */
function take(members) {
  const first = [...members].slice(0, MOST_NAMES)
  for (const member of first) members.delete(Array.isArray(member) ? member[0] : member)
  return first
}

// From the server

function receive({ subscribed = [], refused = {}, dropped = {}, updates = {} }) {
  clearTimeout(answerTimer)
  for (const name of subscribed) {
    const topic = topics.get(name)
    if (!topic) continue
    topic.subscribed = true
    inform(topic.listeners, { type: 'resync' })
  }
  for (const [name, version] of Object.entries(updates)) handleUpdate(name, version)
  for (const [name, refusal] of Object.entries(refused)) refuse(name, refusal)
  for (const [name, refusal] of Object.entries(dropped)) refuse(name, refusal)
  if (Object.values(dropped).some((refusal) => !isTemporary(refusal))) onAccessLost()
}

const isTemporary = ({ status }) => status === 429 || status >= 500

function refuse(name, refusal) {
  const topic = topics.get(name)
  if (!topic) return
  topic.subscribed = false
  if (isTemporary(refusal)) {
    const asked = connection
    setTimeout(() => {
      if (asked !== connection || topics.get(name) !== topic || topic.subscribed) return
      toSubscribe.add(name)
      sendSoon()
    }, Math.random() * RETRY_WITHIN)
  } else {
    topic.refusal = refusal
    for (const listener of [...topic.listeners]) listener.onRefused(refusal)
  }
}

/** Acknowledge an update once its functions have handled it. Until then, the server keeps further ones of this topic back. */
async function handleUpdate(name, version) {
  const topic = topics.get(name)
  if (!topic) return
  const asked = connection
  let timer
  const late = new Promise((resolve) => (timer = setTimeout(resolve, HANDLED_WITHIN)))
  await Promise.race([inform(topic.listeners, { type: 'update', version }), late])
  clearTimeout(timer)
  if (asked !== connection || topics.get(name) !== topic) return
  toAcknowledge.set(name, version)
  sendSoon()
}

/** Call the functions of the listeners. An error of one does not keep the update from the others. */
function inform(listeners, update) {
  return Promise.all(
    [...listeners].map(async (listener) => {
      try {
        await listener.onUpdate(update)
      } catch (error) {
        console.error(error)
      }
    }),
  )
}
