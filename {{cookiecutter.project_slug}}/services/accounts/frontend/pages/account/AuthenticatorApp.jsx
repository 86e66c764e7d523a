import { Trans, t } from '@portal/i18n'
import { useMutation, useQueryClient } from '@portal/sdk'
import { Button, Row, Time } from '@portal/ui'
import { Dialog, confirm } from '@portal/ui/dialog'
import { toast } from '@portal/ui/toast'
import { requestSignedIn } from '../../allauth.js'
import { Cancelled } from '../../forms/cancelled.js'
import { CodeField, cleanCode } from '../../forms/CodeField.jsx'
import { Form, FormProblem } from '../../forms/Form.jsx'
import { useReauthentication } from '../../forms/Reauthentication.jsx'
import { ActionButton } from './ActionButton.jsx'
import { SetupProblem, explainSetup } from './approval.jsx'
import { factorsQuery } from './factors.js'
import { isoTime } from './isoTime.js'
import { Awaited } from './Part.jsx'
import { QrCode } from './QrCode.jsx'

const TOTP = 'account/authenticators/totp'

/** The row of the authenticator app, with the dialog that sets it up. @param {{query: import('./factors.js').FactorsQuery}} props */
export function AuthenticatorApp({ query }) {
  const totp = query.data?.data.find(({ type }) => type === 'totp')
  return (
    <Row
      tile={{ title: 'Second factor', icon: 'phone' }}
      title={t`Authenticator app`}
      detail={
        !query.data ? (
          <Awaited error={query.error} />
        ) : totp ? (
          <Trans>
            On since <Time value={isoTime(totp.created_at)} />
          </Trans>
        ) : (
          t`Off. Codes from your phone, in addition to the password.`
        )
      }
      end={query.data && (totp ? <TurnOff /> : <SetUp />)}
    />
  )
}

function SetUp() {
  const client = useQueryClient()
  const withReauthentication = useReauthentication()
  // A mutation, so that it runs once: each request makes the server create a new key. The answer has status 404 and contains the key. The
  // server asks for the password before.
  const start = useMutation({ mutationFn: () => withReauthentication(() => requestSignedIn(TOTP)) })
  const key = start.data?.meta
  const isRefused = start.error && !(start.error instanceof Cancelled)

  async function send({ code }) {
    await withReauthentication(() => requestSignedIn(TOTP, { body: { code: cleanCode(code) } }))
    start.reset()
    toast(t`Your authenticator app is set up. Save your recovery codes now.`)
    await client.invalidateQueries({ queryKey: factorsQuery.queryKey })
  }

  return (
    <>
      <ActionButton of={t`authenticator app`} busy={start.isPending} onClick={() => start.mutate()}>
        {t`Set up`}
      </ActionButton>
      <Dialog
        open={Boolean(isRefused || key?.secret)}
        onClose={start.reset}
        title={t`Set up an authenticator app`}
        actions={isRefused ? undefined : null}
      >
        {isRefused ? (
          <SetupProblem error={start.error} onDone={() => start.mutate()} />
        ) : (
          key?.secret && (
            <>
              <p>{t`Scan this QR code with an authenticator app. Any app for six-digit codes works.`}</p>
              <div className="totp-key">
                <QrCode value={key.totp_url} />
                <div className="stack">
                  <p>
                    {t`Or type this key into the app:`} <code className="secret">{inGroups(key.secret)}</code>
                  </p>
                  <p className="help">
                    <a href={key.totp_url}>{t`Open the app on this device`}</a>
                  </p>
                </div>
              </div>
              <Form
                send={send}
                submit={t`Turn on`}
                actions={<Button onClick={start.reset}>{t`Cancel`}</Button>}
                explain={explainSetup}
              >
                {(fieldError) => (
                  <CodeField error={fieldError('code')} help={t`The six digits that the app shows now.`} />
                )}
              </Form>
            </>
          )
        )}
      </Dialog>
    </>
  )
}

function TurnOff() {
  const client = useQueryClient()
  const withReauthentication = useReauthentication()
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      const agreed = await confirm({
        title: t`Turn off the authenticator app?`,
        body: t`After that, your password alone signs you in, unless you have a passkey.`,
        action: t`Turn off`,
        dangerous: true,
      })
      if (agreed) await withReauthentication(() => requestSignedIn(TOTP, { method: 'DELETE' }))
    },
    onSuccess: () => client.invalidateQueries({ queryKey: factorsQuery.queryKey }),
  })
  return (
    <>
      <ActionButton of={t`authenticator app`} busy={isPending} onClick={() => mutate()}>
        {t`Turn off`}
      </ActionButton>
      <FormProblem error={error} />
    </>
  )
}

/** Split a key into groups of four characters, which are easier to read: "JBSW Y3DP EHPK 3PXP". @param {string} secret */
export const inGroups = (secret) => secret.match(/.{1,4}/g).join(' ')
