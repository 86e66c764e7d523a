import { t } from '@portal/i18n'
import { api, useQuery } from '@portal/sdk'
import { Row, Rows, Time } from '@portal/ui'
import { Part } from './Part.jsx'

const PATH = '/api/accounts/activity/'
const WITHOUT_AUTHOR = /_failed$|_reset$|_tokens_ended$/ // nobody has signed in then

/** @typedef {{id: number, at: string, event: string, own: boolean, ip_address: string | null, factors: string[], new_device: boolean,
 *   client: string}} Entry `client` is the name of another site */

/** What happened to the account lately. */
export function Activity() {
  const query = useQuery({ queryKey: [PATH], queryFn: ({ signal }) => api(PATH, { signal }) })
  return (
    <Part
      title={t`Recent activity`}
      query={query}
      rows={5}
      footer={
        <span className="help">
          {t`If you do not recognize something here, change your password and sign out your other devices.`}
        </span>
      }
    >
      {(entries) =>
        entries.length === 0 ? (
          <p>{t`Nothing yet.`}</p>
        ) : (
          <Rows>
            {entries.map((entry) => (
              <EntryRow key={entry.id} entry={entry} />
            ))}
          </Rows>
        )
      }
    </Part>
  )
}

/** @param {{entry: Entry}} props */
function EntryRow({ entry }) {
  const { title, icon } = describe(entry)
  const names = factorNames()
  const detail = [
    ...entry.factors.map((factor) => names[factor]).filter(Boolean),
    entry.ip_address,
    !entry.own && !WITHOUT_AUTHOR.test(entry.event) ? t`by somebody else` : '',
  ]
  return (
    <Row
      tile={{ title: icon, icon }}
      title={title}
      detail={detail.filter(Boolean).join(' · ')}
      end={<Time value={entry.at} />}
    />
  )
}

/** Say in words what happened. @param {Entry} entry */
function describe({ event, new_device: isNew, client }) {
  const known = {
    signed_in: { title: isNew ? t`Signed in on a new device` : t`Signed in`, icon: 'exit' },
    sign_in_failed: { title: t`Somebody tried to sign in`, icon: 'warning' },
    second_factor_failed: { title: t`A wrong code was entered`, icon: 'warning' },
    institute_account_connected: { title: t`An institute account was connected`, icon: 'globe' },
    session_ended: { title: t`A device was signed out`, icon: 'laptop' },
    second_factor_added: { title: t`A second factor was added`, icon: 'shield' },
    second_factor_removed: { title: t`A second factor was removed`, icon: 'shield' },
    recovery_codes_made: { title: t`Recovery codes were created`, icon: 'file' },
    recovery_code_used: { title: t`A recovery code was used`, icon: 'file' },
    password_changed: { title: t`Password was changed`, icon: 'lock' },
    password_reset: { title: t`Password was reset by email`, icon: 'lock' },
    api_token_made: { title: t`An API token was created`, icon: 'key' },
    api_token_revoked: { title: t`An API token was revoked`, icon: 'key' },
    client_sign_in: { title: t`Signed in at ${client} for the first time`, icon: 'globe' },
    client_disconnected: { title: t`The access of ${client} was revoked`, icon: 'globe' },
    client_tokens_ended: { title: t`The access of ${client} ended: a token was used twice`, icon: 'warning' },
    email_changed: { title: t`Email was changed`, icon: 'mail' },
  }
  return known[event] ?? { title: event, icon: 'history' }
}

const factorNames = () => ({
  password: t`Password`,
  totp: t`Authenticator app`,
  recovery_codes: t`Recovery codes`,
  webauthn: t`Passkey`,
  institute: t`Institute account`,
})
