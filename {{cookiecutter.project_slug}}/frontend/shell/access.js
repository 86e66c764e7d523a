import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useLocation, useNavigate } from 'react-router'
import { ApiError } from '../sdk/api.js'
import { signInPath } from '../sdk/paths.js'
import { page, portalQuery } from '../sdk/portal.js'

/**
 * Handle the 401 and 403 answers of every page's queries and mutations. A 401 leads to the sign-in page, and from there back to the page,
 * unless the person has typed something there: `useSessionEnd` then asks them to sign in again.
 * The problem of a 403 to a query is returned until the reader leaves the page or another person signs in. After both, the portal is
 * fetched again, because the visitor's apps may have changed. Queries with `meta: { background: true }` are left out: the page does not
 * need their data.
 * @param {string | number | undefined} personId undefined for anonymous visitors
 * @returns {ApiError['problem'] | null}
 */
export function useAccessProblem(personId) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const location = useLocation()
  const [denied, setDenied] = useState(null)
  const latest = useRef(null)
  useEffect(() => {
    latest.current = { location, personId }
  })

  useEffect(() => {
    const handleEvent = (/** @type {any} */ { type, action, query }) => {
      const error = type === 'updated' && action.type === 'error' && action.error
      if (!(error instanceof ApiError) || query?.meta?.background) return
      if (error.status === 401 && page.typed && latest.current.personId !== undefined) {
        // The portal's own answer decides, below.
      } else if (error.status === 401) {
        showNobody(client)
        navigate(signInPath(latest.current.location), { replace: true })
      } else if (error.status === 403 && query) {
        // Without its data, the page has nothing to show. A mutation is different: the page stays and shows the error.
        setDenied({
          problem: error.problem,
          key: latest.current.location.key,
          personId: latest.current.personId,
        })
      } else return
      const [portalKey] = portalQuery.queryKey
      if (query?.queryKey[0] !== portalKey) client.invalidateQueries({ queryKey: [portalKey] })
    }
    const unsubscribe = [
      client.getQueryCache().subscribe(handleEvent),
      client.getMutationCache().subscribe(handleEvent),
    ]
    return () => unsubscribe.forEach((stop) => stop())
  }, [client, navigate])

  return denied?.key === location.key && denied.personId === personId ? denied.problem : null
}

/**
 * Reset all queries but the portal's when the person changes, so that nobody sees what was loaded for another person.
 * @param {string | number | null | undefined} personId null for anonymous visitors, undefined until the portal has answered
 */
export function useResetQueriesOnSignIn(personId) {
  const client = useQueryClient()
  const previous = useRef(personId)
  useLayoutEffect(() => {
    const changed = previous.current !== undefined && previous.current !== personId
    previous.current = personId
    if (changed) client.resetQueries({ predicate: ({ queryKey }) => queryKey[0] !== portalQuery.queryKey[0] })
  }, [client, personId])
}

/**
 * Keep a page into which a person has typed when their session ends, until they have signed in again. When another person signs in instead,
 * or the person signs out, the page is thrown away, with what was typed.
 * @param {import('../sdk/portal.js').Person | null | undefined} person
 * @param {unknown} error of the portal's query
 * @returns {{ended: boolean, pageKey: number}} `ended`: the page waits; another `pageKey` is another page
 */
export function useSessionEnd(person, error) {
  const client = useQueryClient()
  const { pathname } = useLocation()
  const ended = Boolean(person && error instanceof ApiError && error.status === 401)
  const wasEnded = useRef(false)
  const [owner, setOwner] = useState({ id: person?.id, key: 0 })
  if (owner.id !== person?.id) setOwner({ id: person?.id, key: owner.key + (owner.id ? 1 : 0) })

  useEffect(() => {
    const onInput = () => (page.typed = true)
    page.typed = false
    document.addEventListener('input', onInput)
    return () => {
      document.removeEventListener('input', onInput)
      page.typed = false
    }
  }, [pathname, owner.key])

  useEffect(() => {
    if (wasEnded.current && !ended) client.invalidateQueries() // what was refused meanwhile
    wasEnded.current = ended
  }, [client, ended])

  return { ended, pageKey: owner.key }
}

/** Show at once that nobody is signed in. @param {import('@tanstack/react-query').QueryClient} client */
export const showNobody = (client) =>
  client.setQueryData(
    portalQuery.queryKey,
    (/** @type {any} */ portal) => portal && { ...portal, person: null, unread: 0 },
  )
