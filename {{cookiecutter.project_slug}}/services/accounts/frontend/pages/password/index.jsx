import { t } from '@portal/i18n'
import { Link, Route, Routes, useNavigate, useQuery, useQueryClient, useState } from '@portal/sdk'
import { Field, LinkButton, NotFound, Notice, Problem, Skeleton } from '@portal/ui'
import { ValidationFailed, fetchSession, request } from '../../allauth.js'
import { Form } from '../../forms/Form.jsx'
import { FormPage } from '../../forms/FormPage.jsx'
import { PasswordField, newPasswordHelp } from '../../forms/PasswordField.jsx'
import { useLinkKey } from '../../useLinkKey.js'

export default function Password() {
  return (
    <Routes>
      <Route index element={<RequestReset />} />
      <Route path="reset/:key?" element={<Reset />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  )
}

function RequestReset() {
  const [sentTo, setSentTo] = useState('')
  if (sentTo) {
    return (
      <FormPage title={t`Check your email`}>
        <Notice kind="success">
          {t`If there is an account with the email ${sentTo}, we have sent a link to it.`}
        </Notice>
        <p className="help">
          {t`The email can take a few minutes. Check your spam folder too. Only the newest link works, and only once.`}
        </p>
        <p>
          <Link to="/sign-in">{t`Back to sign-in`}</Link>
        </p>
      </FormPage>
    )
  }
  return (
    <FormPage
      title={t`Reset your password`}
      lead={t`Enter the email address of your account. We will send you a link to set a new password.`}
    >
      <Form
        submit={t`Send link`}
        send={async ({ email }) => {
          await request('auth/password/request', { body: { email } })
          setSentTo(email)
        }}
      >
        {(fieldError) => (
          <Field
            label={t`Email`}
            name="email"
            type="email"
            required
            autoComplete="email"
            error={fieldError('email')}
          />
        )}
      </Form>
      <p>
        <Link to="/sign-in">{t`Back to sign-in`}</Link>
      </p>
    </FormPage>
  )
}

/** The page that the link in the email opens. */
function Reset() {
  const key = useLinkKey('/password/reset')
  const navigate = useNavigate()
  const client = useQueryClient()
  const { data, error, refetch, isPending } = useQuery({
    queryKey: ['password key', key],
    queryFn: ({ signal }) =>
      request('auth/password/reset', { signal, headers: { 'X-Password-Reset-Key': key } }),
    enabled: Boolean(key),
    retry: false,
    staleTime: Infinity,
  })

  async function send({ password }) {
    const answer = await request('auth/password/reset', { body: { key, password } })
    if (answer.status === 401) return navigate('/sign-in', { replace: true, state: { passwordReset: true } })
    await fetchSession(client)
    return navigate('/', { replace: true })
  }

  if (!key || error instanceof ValidationFailed || (data && data.status !== 200)) return <InvalidLink />
  return (
    <FormPage title={t`Set a new password`} lead={data?.data?.user?.display}>
      {error ? (
        <Problem error={error} onRetry={refetch} />
      ) : isPending ? (
        <Skeleton count={2} />
      ) : (
        <Form send={send} submit={t`Set password`}>
          {(fieldError) => (
            <PasswordField
              label={t`New password`}
              name="password"
              autoComplete="new-password"
              help={newPasswordHelp()}
              error={fieldError('password')}
            />
          )}
        </Form>
      )}
    </FormPage>
  )
}

function InvalidLink() {
  return (
    <FormPage title={t`This link no longer works`}>
      <p>{t`The link has expired, was already used, or is incomplete.`}</p>
      <p className="row">
        <LinkButton kind="primary" to="/password">{t`Send a new link`}</LinkButton>
        <LinkButton to="/sign-in">{t`Sign in`}</LinkButton>
      </p>
    </FormPage>
  )
}
