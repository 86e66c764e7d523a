import { useItem } from '@portal/sdk'
import { t } from '@portal/i18n'

/**
 * @typedef {'web' | 'native' | 'machine'} Kind
 * @typedef {{id: number, client_id: string, kind: Kind, name: string, address: string, logo: string | null, redirect_uris: string[],
 *   post_logout_redirect_uris: string[], scopes: string[], rings: string[], roles: string[], details: string[], trusted: boolean,
 *   created_at: string, people: number, last_sign_in_at: string | null}} Client
 * @typedef {{name: string, title: string}} Option
 * @typedef {{issuer: string, clients: Client[], scopes: {name: string, text: string}[], rings: Option[], roles: Option[],
 *   details: Option[]}} Clients
 */

export const CLIENTS = '/api/single_sign_on/clients/'

/** The way back to the list, for the pages below it. */
export const breadcrumbs = () => [{ title: t`Single sign-on`, to: '/manage-clients' }]

/** Read all clients, and what they can be given. @returns {{item?: Clients, error: any, retry: () => void}} */
export const useClients = () => useItem(CLIENTS)

/**
 * Add to what clients can be given what a client has and no longer exists, such as a role that was taken out of `portal.yaml`.
 * The API refuses these names, so the form must offer them: a maintainer takes them out.
 * @param {Clients} all @param {Client} client @returns {Clients}
 */
export function withFormer(all, client) {
  const former = (field) => client[field].filter((name) => !all[field].some((option) => option.name === name))
  const title = (name) => t`${name} (does not exist any more)`
  const extended = (field) => [...all[field], ...former(field).map((name) => ({ name, title: title(name) }))]
  return {
    ...all,
    scopes: [...all.scopes, ...former('scopes').map((name) => ({ name, text: title(name) }))],
    rings: extended('rings'),
    roles: extended('roles'),
    details: extended('details'),
  }
}

/** The kinds of clients, with an explanation each. @returns {Record<Kind, {title: string, help: string, icon: string}>} */
export const kinds = () => ({
  web: { title: t`Web site`, help: t`It has a server, which keeps a secret.`, icon: 'globe' },
  native: {
    title: t`App or command line`,
    help: t`It runs on people's devices, so it has no secret.`,
    icon: 'phone',
  },
  machine: {
    title: t`Machine`,
    help: t`It signs in by itself, with a secret, and without a person.`,
    icon: 'server',
  },
})
