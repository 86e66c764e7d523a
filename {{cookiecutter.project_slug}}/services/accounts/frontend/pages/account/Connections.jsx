import { Trans, t } from '@portal/i18n'
import { api, useList, useMutation, useRefresh } from '@portal/sdk'
import { Panel, Problem, Row, Rows, Skeleton, Time } from '@portal/ui'
import { confirm } from '@portal/ui/dialog'
import { toast } from '@portal/ui/toast'
import { ActionButton } from './ActionButton.jsx'

const PATH = '/api/single_sign_on/connections/'

/**
 * @typedef {{id: number, name: string, address: string, logo: string | null, since: string, last_sign_in_at: string, texts: string[]}} Connection
 *   `texts` say what the site may see and do
 */

/** The other sites on which the person signs in with this account, and a button to revoke the access of each. */
export function Connections() {
  const { items, error, retry } = useList(PATH)
  return (
    <Panel
      title={t`Sites that you use`}
      footer={
        items?.length > 0 && (
          <span className="help">
            {t`You sign in at these sites with your account. Each may do what its row says.`}
          </span>
        )
      }
    >
      {items ? (
        items.length > 0 ? (
          <Rows className="connections">
            {items.map((connection) => (
              <ConnectionRow key={connection.id} connection={connection} />
            ))}
          </Rows>
        ) : (
          <p>{t`You have not signed in at another site with this account.`}</p>
        )
      ) : error ? (
        <Problem error={error} onRetry={retry} />
      ) : (
        <Skeleton shape="row" />
      )}
    </Panel>
  )
}

/** @param {{connection: Connection}} props */
function ConnectionRow({ connection: { id, name, address, logo, since, last_sign_in_at: lastAt, texts } }) {
  const refresh = useRefresh(PATH)
  const revoke = useMutation({
    mutationFn: async () => {
      const agreed = await confirm({
        title: t`Revoke the access of ${name}?`,
        body: t`It can no longer see your data here, and asks you again when you next sign in. It keeps what it has read already, and you may still be signed in there.`,
        action: t`Revoke`,
        dangerous: true,
      })
      if (!agreed) return
      await api(`${PATH}${id}/`, { method: 'DELETE' })
      toast(t`The access of ${name} is revoked.`)
      await refresh()
    },
  })
  return (
    <Row
      {...(logo ? { avatar: { display_name: name, photo: logo } } : { tile: { title: name, icon: 'globe' } })}
      title={name}
      detail={
        <>
          {address && (
            <a className="connection-line" href={address} rel="noreferrer">
              {address}
            </a>
          )}
          <span className="connection-line">{texts.join(' · ')}</span>
          <Trans>
            Since <Time value={since} />
          </Trans>
          {' · '}
          <Trans>
            Last sign-in <Time value={lastAt} />
          </Trans>
        </>
      }
      wrap
      end={
        <>
          <ActionButton of={name} busy={revoke.isPending} onClick={() => revoke.mutate()}>
            {t`Revoke`}
          </ActionButton>
          {revoke.error && <Problem error={revoke.error} />}
        </>
      }
    />
  )
}
