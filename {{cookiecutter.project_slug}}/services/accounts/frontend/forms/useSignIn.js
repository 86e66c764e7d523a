import { useQueryClient, useState } from '@portal/sdk'
import { fetchSession } from '../allauth.js'

/** @typedef {'password' | 'code' | 'email' | 'expired'} Step `expired`: start again, because the sign-in took too long */

/**
 * The steps of signing in, which allauth decides.
 * @returns {{step: Step, types: string[], proceed: (answer: import('../allauth.js').Answer) => Promise<void>, restart: () => void}} `types`
 *   are the second factors of the person; `proceed` takes allauth's answer to a step
 */
export function useSignIn() {
  const client = useQueryClient()
  const [state, setState] = useState({
    step: /** @type {Step} */ ('password'),
    types: /** @type {string[]} */ ([]),
  })

  async function proceed(answer) {
    // With status 409, another window has signed in meanwhile.
    if (answer.status !== 401) return fetchSession(client)
    const pending = answer.data?.flows?.find((flow) => flow.is_pending)
    const step = { mfa_authenticate: 'code', verify_email: 'email' }[pending?.id] ?? 'expired'
    setState({ step, types: pending?.types ?? [] })
  }

  return { ...state, proceed, restart: () => setState({ step: 'password', types: [] }) }
}
