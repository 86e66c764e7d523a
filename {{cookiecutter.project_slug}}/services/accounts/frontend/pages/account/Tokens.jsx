import { Trans, t } from '@portal/i18n'
import { useMutation, useQuery, useQueryClient, useState } from '@portal/sdk'
import { Button, Icon, Row, Rows, Time } from '@portal/ui'
import { Dialog, confirm } from '@portal/ui/dialog'
import { toast } from '@portal/ui/toast'
import { requestSignedIn } from '../../allauth.js'
import { FormProblem } from '../../forms/Form.jsx'
import { ActionButton } from './ActionButton.jsx'
import { NewToken } from './NewToken.jsx'
import { Part } from './Part.jsx'

const PATH = 'account/api-tokens'

/**
 * @typedef {{id: number, name: string, start: string, scopes: string[], created_at: string, expires_at: string, last_used_at: string | null}} Token
 * @typedef {{name: string, app: string, text: string}} Scope `name` is the full name, such as polls.read
 */

/** The person's API tokens, with which scripts use the portal for them. */
export function Tokens() {
  const client = useQueryClient()
  const query = useQuery({ queryKey: [PATH], queryFn: ({ signal }) => requestSignedIn(PATH, { signal }) })
  const keep = (answer) => client.setQueryData([PATH], answer)
  return (
    <Part
      title={t`API tokens`}
      query={query}
      rows={1}
      action={query.data?.data.scopes.length > 0 && <Add scopes={query.data.data.scopes} onAnswer={keep} />}
      footer={
        <span className="help">
          {t`With an API token, a script uses the portal for you. Anybody who has it can do what it allows. A new password ends all of them.`}
        </span>
      }
    >
      {({ data: { tokens, scopes } }) =>
        tokens.length === 0 ? (
          <p>{t`You have no API tokens.`}</p>
        ) : (
          <Rows>
            {tokens.map((token) => (
              <TokenRow key={token.id} token={token} scopes={scopes} onAnswer={keep} />
            ))}
          </Rows>
        )
      }
    </Part>
  )
}

/** @param {{token: Token, scopes: Scope[], onAnswer: (answer: any) => void}} props */
function TokenRow({ token, scopes, onAnswer }) {
  const { id, name, start, last_used_at: usedAt, expires_at: expiresAt } = token
  const revoke = useMutation({
    mutationFn: async () => {
      const agreed = await confirm({
        title: t`Revoke the API token ${name}?`,
        body: t`Scripts that use it stop working at once.`,
        action: t`Revoke`,
        dangerous: true,
      })
      if (!agreed) return
      onAnswer(await requestSignedIn(PATH, { method: 'DELETE', body: { token: id } }))
      toast(t`The API token ${name} is revoked.`)
    },
  })
  const texts = token.scopes.map((scope) => scopes.find((one) => one.name === scope)?.text ?? scope)
  return (
    <Row
      tile={{ title: 'API token', icon: 'key' }}
      title={name}
      detail={
        <>
          <code>{start}…</code> · {texts.join(', ')} ·{' '}
          {usedAt ? (
            <Trans>
              Last used <Time value={usedAt} />
            </Trans>
          ) : (
            t`Never used`
          )}{' '}
          ·{' '}
          <Trans>
            Expires <Time value={expiresAt} />
          </Trans>
        </>
      }
      wrap
      end={
        <>
          <ActionButton of={name} busy={revoke.isPending} onClick={() => revoke.mutate()}>
            {t`Revoke`}
          </ActionButton>
          <FormProblem error={revoke.error} />
        </>
      }
    />
  )
}

/** @param {{scopes: Scope[], onAnswer: (answer: any) => void}} props */
function Add({ scopes, onAnswer }) {
  const [open, setOpen] = useState(false)
  const [text, setText] = useState('')
  function close() {
    setOpen(false)
    setText('')
  }
  return (
    <>
      <Button onClick={() => setOpen(true)}>
        <Icon name="plus" />
        {t`Create a token`}
      </Button>
      <Dialog
        open={open}
        onClose={close}
        title={text ? t`Your API token` : t`Create an API token`}
        actions={
          text ? (
            <>
              <Button onClick={() => copy(text)}>{t`Copy`}</Button>
              <Button kind="primary" onClick={close}>{t`Done`}</Button>
            </>
          ) : null
        }
      >
        {text ? (
          <>
            <p>{t`Copy it now: it is not shown again. Keep it like a password.`}</p>
            <code className="secret">{text}</code>
          </>
        ) : (
          <NewToken
            path={PATH}
            scopes={scopes}
            onCancel={close}
            onMade={(answer) => {
              const { text: made, ...data } = answer.data
              setText(made)
              onAnswer({ ...answer, data })
            }}
          />
        )}
      </Dialog>
    </>
  )
}

/** @param {string} text */
async function copy(text) {
  await navigator.clipboard.writeText(text)
  toast(t`Copied`)
}
