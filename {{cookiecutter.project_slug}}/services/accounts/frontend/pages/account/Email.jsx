import { t } from '@portal/i18n'
import { ApiError, useMutation, useQuery, useQueryClient, useRef, useState } from '@portal/sdk'
import { Button, Field, Notice } from '@portal/ui'
import { requestSignedIn } from '../../allauth.js'
import { Form, FormProblem } from '../../forms/Form.jsx'
import { useReauthentication } from '../../forms/Reauthentication.jsx'
import { Section } from './Section.jsx'

const PATH = 'account/email'

/** The current email address, a new one that waits for confirmation, and a form to change it. */
export function Email() {
  const client = useQueryClient()
  const withReauthentication = useReauthentication()
  const [changing, setChanging] = useState(false)
  const [message, setMessage] = useState('')
  /** @type {import('react').RefObject<HTMLDivElement | null>} */
  const result = useRef(null)
  const query = useQuery({ queryKey: [PATH], queryFn: ({ signal }) => requestSignedIn(PATH, { signal }) })

  const action = useMutation({
    /** @param {{method: 'PUT' | 'DELETE', email: string, success: string}} action PUT sends the link again, DELETE removes the email */
    mutationFn: ({ method, email }) =>
      withReauthentication(() => requestSignedIn(PATH, { method, body: { email } })).catch((error) => {
        if (method === 'PUT' && error instanceof ApiError && error.status === 403)
          throw new ApiError(403, {
            title: t`We have just sent an email to this address. Wait a few minutes.`,
          })
        throw error
      }),
    onMutate: () => setMessage(''),
    onSuccess: (answer, { success }) => {
      setMessage(success)
      return client.invalidateQueries({ queryKey: [PATH] })
    },
  })

  async function change({ email }) {
    await withReauthentication(() => requestSignedIn(PATH, { body: { email } }))
    setChanging(false)
    setMessage(t`We have sent a link to ${email}. Open it to confirm the change.`)
    await client.invalidateQueries({ queryKey: [PATH] })
    result.current?.focus()
  }

  return (
    <Section title={t`Email`} help={t`Use it to sign in and to reset your password.`} query={query}>
      {({ data }) => (
        <>
          {data.length > 0 ? (
            <ul role="list" className="account-list">
              {data.map(({ email, primary, verified }) => (
                <li key={email} className="account-item">
                  <span className="account-item-text">
                    <strong>{email}</strong>
                    <span className="help">
                      {verified ? t`Confirmed` : t`Not confirmed: open the link that we sent to it.`}
                    </span>
                  </span>
                  <span className="row">
                    {!verified && (
                      <Button
                        busy={action.isPending}
                        onClick={() =>
                          action.mutate({ method: 'PUT', email, success: t`We have sent the link again.` })
                        }
                      >
                        {t`Send again`}
                      </Button>
                    )}
                    {!primary && (
                      <Button
                        kind="quiet"
                        busy={action.isPending}
                        onClick={() =>
                          action.mutate({ method: 'DELETE', email, success: t`${email} is removed.` })
                        }
                      >
                        {t`Remove`}
                      </Button>
                    )}
                  </span>
                </li>
              ))}
            </ul>
          ) : (
            <p>{t`You have no email address yet.`}</p>
          )}
          <div ref={result} tabIndex={-1} hidden={!message}>
            {message && <Notice kind="success">{message}</Notice>}
          </div>
          <FormProblem error={action.error} />
          {changing ? (
            <Form
              send={change}
              submit={t`Send link`}
              actions={<Button kind="quiet" onClick={() => setChanging(false)}>{t`Cancel`}</Button>}
            >
              {(fieldError) => (
                <Field
                  label={t`New email`}
                  name="email"
                  type="email"
                  required
                  autoFocus
                  autoComplete="email"
                  help={t`We will send you a link to confirm it. Until then, your current email stays.`}
                  error={fieldError('email')}
                />
              )}
            </Form>
          ) : (
            <p>
              <Button onClick={() => setChanging(true)}>{t`Change email`}</Button>
            </p>
          )}
        </>
      )}
    </Section>
  )
}
