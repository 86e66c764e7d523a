import { useQueryClient } from '@tanstack/react-query'
import { useEffect } from 'react'
import { missedMessage } from '../../sdk/lastMessage.js'
import { portalQuery } from '../../sdk/portal.js'
import { savedScheme, showScheme } from '../../sdk/scheme.js'
import { listenToTabs } from '../../sdk/tabs.js'
import { showNobody } from '../access.js'

/**
 * Follow the other tabs of this browser: who is signed in, the language and the colour scheme. After signing out in
 * one tab, no tab shows what only that person may see.
 */
export function useTabs() {
  const client = useQueryClient()
  useEffect(() => {
    showScheme(savedScheme()) // the reader may have chosen another one since this page was requested
    const follow = (/** @type {import('../../sdk/tabs.js').TabMessage} */ { kind, scheme }) => {
      if (kind === 'scheme') return showScheme(scheme)
      if (kind === 'signed-out') showNobody(client)
      // The texts of all answers are in the language of the request.
      client.invalidateQueries(kind === 'language' ? {} : { queryKey: portalQuery.queryKey })
    }
    const missed = missedMessage() // while this page was loading
    if (missed) follow({ kind: missed })
    return listenToTabs(follow)
  }, [client])
}
