import { Trans, t } from '@portal/i18n'
import { ApiError, useMutation, useQuery, useQueryClient, useState } from '@portal/sdk'
import { Button, Field, Row } from '@portal/ui'
import { Dialog } from '@portal/ui/dialog'
import { toast } from '@portal/ui/toast'
import { requestSignedIn } from '../../allauth.js'
import { Form, FormProblem } from '../../forms/Form.jsx'
import { useReauthentication } from '../../forms/Reauthentication.jsx'
import { ActionButton } from './ActionButton.jsx'
import { Awaited } from './Part.jsx'

const PATH = 'account/email'
const TILE = { title: 'Email', icon: 'mail' }

/** The row of the email address, one of a new address that waits for confirmation, and the dialog that changes it. */
export function Email() {
  const client = useQueryClient()
  const withReauthentication = useReauthentication()
  const [open, setOpen] = useState(false)
  const close = () => setOpen(false)
  const { data, error } = useQuery({
    queryKey: [PATH],
    queryFn: ({ signal }) => requestSignedIn(PATH, { signal }),
  })
  const emails = /** @type {{email: string, primary: boolean, verified: boolean}[]} */ (data?.data ?? [])
  const current = emails.find(({ primary }) => primary)

  async function change({ email }) {
    await withReauthentication(() => requestSignedIn(PATH, { body: { email } }))
    close()
    toast(t`We have sent a link to ${email}. Open it to confirm the change.`)
    await client.invalidateQueries({ queryKey: [PATH] })
  }

  return (
    <>
      <Row
        tile={TILE}
        title={t`Email`}
        detail={
          !data ? (
            <Awaited error={error} />
          ) : !current ? (
            t`You have no email address yet.`
          ) : current.verified ? (
            <Address email={current.email} />
          ) : (
            <Trans>
              <Address email={current.email} />, not confirmed
            </Trans>
          )
        }
        end={
          <>
            {current && !current.verified && <SendAgain email={current.email} />}
            <ActionButton of={t`email`} onClick={() => setOpen(true)}>{t`Change`}</ActionButton>
            <Dialog open={open} onClose={close} title={t`Change your email`} actions={null}>
              <Form
                send={change}
                submit={t`Send link`}
                actions={<Button onClick={close}>{t`Cancel`}</Button>}
              >
                {(fieldError) => (
                  <Field
                    label={t`New email`}
                    name="email"
                    type="email"
                    required
                    maxLength={254}
                    autoComplete="email"
                    help={t`We will send you a link to confirm it. Until then, your current email stays.`}
                    error={fieldError('email')}
                  />
                )}
              </Form>
            </Dialog>
          </>
        }
      />
      {emails
        .filter(({ primary }) => !primary)
        .map(({ email }) => (
          <Row
            key={email}
            tile={TILE}
            title={<Address email={email} />}
            detail={t`Not confirmed: open the link that we sent to it.`}
            wrap
            end={
              <>
                <SendAgain email={email} />
                <Remove email={email} />
              </>
            }
          />
        ))}
    </>
  )
}

/** An email address that breaks before its domain where it is too long for the line. @param {{email: string}} props */
function Address({ email }) {
  const domain = email.lastIndexOf('@')
  return (
    <>
      {email.slice(0, domain)}
      <wbr />
      {email.slice(domain)}
    </>
  )
}

/** @param {{email: string}} props */
function SendAgain({ email }) {
  const action = useAction('PUT', email, t`We have sent the link again.`)
  return (
    <>
      <ActionButton of={email} busy={action.isPending} onClick={() => action.mutate()}>
        {t`Send again`}
      </ActionButton>
      <FormProblem error={action.error} />
    </>
  )
}

/** @param {{email: string}} props */
function Remove({ email }) {
  const action = useAction('DELETE', email, t`${email} is removed.`)
  return (
    <>
      <ActionButton of={email} kind="quiet" busy={action.isPending} onClick={() => action.mutate()}>
        {t`Remove`}
      </ActionButton>
      <FormProblem error={action.error} />
    </>
  )
}

/** @param {'PUT' | 'DELETE'} method PUT sends the link again, DELETE removes the email */
function useAction(method, email, success) {
  const client = useQueryClient()
  const withReauthentication = useReauthentication()
  return useMutation({
    mutationFn: () =>
      withReauthentication(() => requestSignedIn(PATH, { method, body: { email } })).catch((error) => {
        if (method === 'PUT' && error instanceof ApiError && error.status === 403)
          throw new ApiError(403, {
            title: t`We have just sent an email to this address. Wait a few minutes.`,
          })
        throw error
      }),
    onSuccess: () => {
      toast(success)
      return client.invalidateQueries({ queryKey: [PATH] })
    },
  })
}
