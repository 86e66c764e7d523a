import { Trans, t } from '@portal/i18n'
import { useMutation, useQuery, useQueryClient, useState } from '@portal/sdk'
import { Button, Field, Icon, Row, Rows, Skeleton, Time } from '@portal/ui'
import { Dialog, confirm } from '@portal/ui/dialog'
import { toast } from '@portal/ui/toast'
import { configQuery, requestSignedIn } from '../../allauth.js'
import { Cancelled } from '../../forms/cancelled.js'
import { Form, FormProblem } from '../../forms/Form.jsx'
import { useReauthentication } from '../../forms/Reauthentication.jsx'
import { createPasskey, hasPasskeys } from '../../webauthn.js'
import { ActionButton } from './ActionButton.jsx'
import { SetupProblem, explainSetup } from './approval.jsx'
import { deviceName } from './deviceName.js'
import { factorsQuery } from './factors.js'
import { isoTime } from './isoTime.js'
import { Part } from './Part.jsx'

const PATH = 'account/authenticators/webauthn'
const MOST_CHARACTERS = 100

/** The passkeys of the person, where the portal has a name: passkeys do not work at an IP address. @param {{query: import('./factors.js').FactorsQuery}} props */
export function Passkeys({ query }) {
  const { data: config, isPending } = useQuery(configQuery)
  if (isPending) return <Skeleton shape="card" count={1} />
  if (!hasPasskeys(config)) return null
  return (
    <Part
      title={t`Passkeys`}
      query={query}
      action={<Add />}
      footer={
        <span className="help">
          {t`A passkey is your fingerprint, face or PIN instead of a password. It counts as the second factor. Each site of the portal has passkeys of its own.`}
        </span>
      }
    >
      {({ data }) => {
        const passkeys = data.filter(({ type }) => type === 'webauthn')
        if (!passkeys.length) return <p>{t`You have no passkeys yet.`}</p>
        return (
          <Rows>
            {passkeys.map((passkey) => (
              <Passkey key={passkey.id} passkey={passkey} />
            ))}
          </Rows>
        )
      }}
    </Part>
  )
}

/** @param {{passkey: import('./factors.js').Factor}} props */
function Passkey({ passkey: { id, name, created_at: createdAt, last_used_at: usedAt, here } }) {
  const withReauthentication = useReauthentication()
  const refresh = useRefresh()
  const [open, setOpen] = useState(false)
  const remove = useMutation({
    mutationFn: async () => {
      const agreed = await confirm({
        title: t`Remove the passkey ${name}?`,
        body: t`It does not sign you in any more. Delete it on your device too.`,
        action: t`Remove`,
        dangerous: true,
      })
      if (!agreed) return
      await withReauthentication(() =>
        requestSignedIn(PATH, { method: 'DELETE', body: { authenticators: [id] } }),
      )
      toast(t`The passkey ${name} is removed.`)
      await refresh()
    },
  })

  async function rename(fields) {
    await withReauthentication(() =>
      requestSignedIn(PATH, { method: 'PUT', body: { id, name: fields.name } }),
    )
    setOpen(false)
    await refresh()
  }

  return (
    <Row
      tile={{ title: 'Passkey', icon: 'key' }}
      title={name}
      detail={
        <>
          {!here && t`For the other site · `}
          {usedAt ? (
            <Trans>
              Last used <Time value={isoTime(usedAt)} />
            </Trans>
          ) : (
            <Trans>
              Added <Time value={isoTime(createdAt)} />
            </Trans>
          )}
        </>
      }
      wrap
      end={
        <>
          <ActionButton of={name} kind="quiet" onClick={() => setOpen(true)}>{t`Rename`}</ActionButton>
          <ActionButton of={name} busy={remove.isPending} onClick={() => remove.mutate()}>
            {t`Remove`}
          </ActionButton>
          <FormProblem error={remove.error} />
          <Dialog open={open} onClose={() => setOpen(false)} title={t`Rename the passkey`} actions={null}>
            <Form
              send={rename}
              submit={t`Save`}
              actions={<Button onClick={() => setOpen(false)}>{t`Cancel`}</Button>}
            >
              {(fieldError) => <NameField name={name} error={fieldError('name')} />}
            </Form>
          </Dialog>
        </>
      }
    />
  )
}

function Add() {
  const withReauthentication = useReauthentication()
  const refresh = useRefresh()
  // The server asks for the password before it says what the device has to make.
  const start = useMutation({ mutationFn: () => withReauthentication(() => requestSignedIn(PATH)) })
  const options = start.data?.data?.creation_options
  const isRefused = start.error && !(start.error instanceof Cancelled)

  async function send({ name }) {
    const credential = await createPasskey(options)
    const { meta } = await withReauthentication(() => requestSignedIn(PATH, { body: { name, credential } }))
    start.reset()
    toast(
      meta?.recovery_codes_generated
        ? t`Your passkey is added. Save your recovery codes now.`
        : t`Your passkey is added.`,
    )
    await refresh()
  }

  return (
    <>
      <Button busy={start.isPending} onClick={() => start.mutate()}>
        <Icon name="plus" />
        {t`Add a passkey`}
      </Button>
      <Dialog
        open={Boolean(isRefused || options)}
        onClose={start.reset}
        title={t`Add a passkey`}
        actions={isRefused ? undefined : null}
      >
        {isRefused ? (
          <SetupProblem error={start.error} onDone={() => start.mutate()} />
        ) : (
          <Form
            send={send}
            submit={t`Continue`}
            actions={<Button onClick={start.reset}>{t`Cancel`}</Button>}
            explain={explainSetup}
          >
            {(fieldError) => (
              <NameField
                name={deviceName(navigator.userAgent)}
                help={t`Choose a name that you will recognize. Then your device asks you to confirm.`}
                error={fieldError('name')}
              />
            )}
          </Form>
        )}
      </Dialog>
    </>
  )
}

/** @param {{name: string, help?: string, error?: string}} props */
function NameField({ name, ...rest }) {
  return (
    <Field
      {...rest}
      label={t`Name of the passkey`}
      name="name"
      required
      maxLength={MOST_CHARACTERS}
      defaultValue={name}
      autoComplete="off"
    />
  )
}

function useRefresh() {
  const client = useQueryClient()
  return () => client.invalidateQueries({ queryKey: factorsQuery.queryKey })
}
