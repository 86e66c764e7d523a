import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import { useLocation, useNavigate } from 'react-router'
import { ApiError, signInPath } from '../sdk/index.js'
import { portalQuery } from '../sdk/portal.js'

/**
 * Whatever page asks: what is refused because nobody is signed in leads to the sign-in page, and back from there. What is refused to this
 * person is returned, as the server explained it, for as long as they stay on this page. In both cases the portal is asked what has changed.
 * @param {string | number | undefined} person
 */
export function useRefusals(person) {
  const client = useQueryClient()
  const navigate = useNavigate()
  const location = useLocation()
  const [refused, setRefused] = useState(null)
  const here = useRef(null)
  useEffect(() => {
    here.current = { location, person }
  })

  useEffect(() => {
    const hear = (/** @type {any} */ { type, action, query }) => {
      const error = type === 'updated' && action.type === 'error' && action.error
      if (!(error instanceof ApiError)) return
      if (error.status === 401) {
        client.setQueryData(
          portalQuery.queryKey,
          (/** @type {any} */ portal) => portal && { ...portal, person: null },
        )
        navigate(signInPath(here.current.location), { replace: true })
      } else if (error.status === 403 && query) {
        // What cannot even be read is closed. What cannot be changed is for the page to tell, which stays.
        setRefused({ problem: error.problem, key: here.current.location.key, person: here.current.person })
      } else return
      const [asked] = portalQuery.queryKey
      if (query?.queryKey[0] !== asked) client.invalidateQueries({ queryKey: [asked] })
    }
    const stop = [client.getQueryCache().subscribe(hear), client.getMutationCache().subscribe(hear)]
    return () => stop.forEach((one) => one())
  }, [client, navigate])

  return refused?.key === location.key && refused.person === person ? refused.problem : null
}

/**
 * What one person's pages have read is not for the next one.
 * @param {string | number | null | undefined} person undefined until the portal has answered
 */
export function useResetOnPersonChange(person) {
  const client = useQueryClient()
  const before = useRef(person)
  useLayoutEffect(() => {
    const changed = before.current !== undefined && before.current !== person
    before.current = person
    if (changed) client.resetQueries({ predicate: ({ queryKey }) => queryKey[0] !== portalQuery.queryKey[0] })
  }, [client, person])
}
