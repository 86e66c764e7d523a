import { requestSignedIn } from '../../allauth.js'

const PATH = 'account/authenticators'

/** The query of the person's second factors: their authenticator app, recovery codes and passkeys. */
export const factorsQuery = {
  queryKey: [PATH],
  /** @returns {Promise<any>} */
  queryFn: ({ signal }) => requestSignedIn(PATH, { signal }),
}

/**
 * @typedef {{type: 'totp' | 'recovery_codes' | 'webauthn', created_at: number, last_used_at: number | null, id?: number, name?: string,
 *   here?: boolean, unused_code_count?: number, total_code_count?: number}} Factor `here`: a passkey of this site
 * @typedef {import('@tanstack/react-query').UseQueryResult<{data: Factor[]}, any>} FactorsQuery
 */
