import { missedMessage } from './lastMessage.js'
import { listenToTabs, postToTabs } from './tabs.js'

/** Replace BroadcastChannel by one that delivers at once. Each module has a channel object of its own, and so has this test. */
class FakeChannel {
  static all = new Set()
  constructor(name) {
    this.name = name
    FakeChannel.all.add(this)
  }
  postMessage(data) {
    for (const other of FakeChannel.all)
      if (other !== this && other.name === this.name) other.onmessage?.({ data })
  }
  close() {
    FakeChannel.all.delete(this)
  }
}

let otherTab
beforeEach(() => {
  globalThis.BroadcastChannel = /** @type {any} */ (FakeChannel)
  FakeChannel.all.clear()
  otherTab = new FakeChannel('portal')
})
afterEach(() => {
  delete globalThis.BroadcastChannel
  localStorage.clear()
})

test('a message reaches the other tabs, and theirs reach every listener until it stops', () => {
  const [first, second] = [jest.fn(), jest.fn()]
  const stops = [listenToTabs(first), listenToTabs(second)]
  otherTab.onmessage = jest.fn()
  postToTabs({ kind: 'signed-out' })
  expect(otherTab.onmessage).toHaveBeenCalledWith({ data: { kind: 'signed-out' } })
  expect(first).not.toHaveBeenCalled()

  stops[0]()
  otherTab.postMessage({ kind: 'scheme', scheme: 'dark' })
  expect(first).not.toHaveBeenCalled()
  expect(second).toHaveBeenCalledWith({ kind: 'scheme', scheme: 'dark' })
  stops[1]()
  expect(FakeChannel.all.size).toBe(1)
})

test("a page in the browser's page cache has no channel, and has one again when it is shown", () => {
  const listener = jest.fn()
  const stop = listenToTabs(listener)
  dispatchEvent(new Event('pagehide'))
  otherTab.postMessage({ kind: 'signed-out' })
  expect(listener).not.toHaveBeenCalled()
  dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
  expect(listener.mock.calls).toEqual([[{ kind: 'shown-again' }]])
  otherTab.postMessage({ kind: 'signed-out' })
  expect(listener).toHaveBeenLastCalledWith({ kind: 'signed-out' })
  stop()
})

test('a page that was loading when another tab sent a message finds it, and one that is opened later does not', () => {
  postToTabs({ kind: 'signed-out' })
  postToTabs({ kind: 'scheme', scheme: 'dark' }) // is read from its cookie
  postToTabs({ kind: 'library' })
  expect(missedMessage()).toBe('signed-out')
  const now = Date.now()
  jest.spyOn(Date, 'now').mockReturnValue(now + 60_000)
  jest.spyOn(performance, 'now').mockReturnValue(50_000)
  expect(missedMessage()).toBeUndefined()
  jest.restoreAllMocks()
})

test('where the browser has no channels, a message is not sent', () => {
  delete globalThis.BroadcastChannel
  expect(() => postToTabs({ kind: 'signed-out' })).not.toThrow()
})
