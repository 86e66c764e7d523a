// The module `@portal/sdk/presence`. It is not part of `@portal/sdk`, so that only pages that show presence load it.
import { useEffect, useState } from 'react'
import { api } from './api.js'
import { usePortal } from './portal.js'

const PATH = '/api/portal/presence/'
const REPORT_EVERY = 15_000 // milliseconds, more or less: a random part spreads the requests of many tabs

/**
 * Return how many people look at a topic now, or null as long as that is unknown. While the tab is visible, the person counts too.
 * Anonymous visitors get the number and are not counted. A person with two tabs counts once.
 * @param {string | null} topic such as `polls:7`, one that this visitor may subscribe to; null counts nobody
 * @returns {number | null}
 */
export function usePresence(topic) {
  const [people, setPeople] = useState(/** @type {number | null} */ (null))
  const person = usePortal().person?.id
  useEffect(() => {
    if (!topic) return
    const stop = reportPresence(topic, { onPeople: setPeople, isCounted: person !== undefined })
    return () => {
      stop()
      setPeople(null)
    }
  }, [topic, person])
  return people
}

/**
 * Report a visit again and again, without React.
 * @param {string} topic
 * @param {{onPeople: (people: number) => void, isCounted: boolean}} options
 * @returns {() => void} a function that ends the visit
 */
export function reportPresence(topic, { onPeople, isCounted }) {
  let timer = 0
  let reports = 0
  let ended = false

  async function report() {
    clearTimeout(timer)
    if (ended || document.visibilityState === 'hidden') return
    const number = ++reports
    let delay = REPORT_EVERY * (0.8 + Math.random() * 0.4)
    try {
      const { people } = await api(PATH, { body: { topic } })
      if (!ended) onPeople(people)
    } catch (error) {
      // Without access, or for a topic that does not exist, asking again does not help.
      if (error.status >= 400 && error.status < 500 && error.status !== 429) return
      delay = Math.max(delay, (error.retryAfter ?? 0) * 1_000)
    }
    if (number === reports && !ended) timer = window.setTimeout(report, delay)
  }

  /** Tell the server, also from a page that is being closed. Without an answer, the visit ends by itself within a minute. */
  function leave() {
    clearTimeout(timer)
    reports++
    if (isCounted) api(PATH, { body: { topic, leave: true }, keepalive: true }).catch(() => {})
  }

  report()
  document.addEventListener('visibilitychange', report)
  window.addEventListener('pagehide', leave)
  return () => {
    ended = true
    document.removeEventListener('visibilitychange', report)
    window.removeEventListener('pagehide', leave)
    leave()
  }
}
