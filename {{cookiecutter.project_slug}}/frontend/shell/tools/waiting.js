import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { useTopic } from '../../sdk/index.js'
import { attentionQuery } from '../attention.js'

/**
 * Fetch again what needs the person's attention when it may have changed: after an update of the topic `person`, and after the person has
 * saved something, such as a vote.
 * @param {import('../../sdk/portal.js').Portal} portal
 */
export function useFreshAttention({ person }) {
  const client = useQueryClient()
  useTopic(person ? 'person' : null, () => client.invalidateQueries({ queryKey: attentionQuery.queryKey }))
  useEffect(
    () =>
      client.getMutationCache().subscribe((/** @type {any} */ { type, action }) => {
        if (type === 'updated' && action.type === 'success')
          client.invalidateQueries({ queryKey: attentionQuery.queryKey })
      }),
    [client],
  )
}
