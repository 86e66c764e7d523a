import { t } from '@portal/i18n'
import { useState } from 'react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Route, Routes, useNavigate, useParams } from 'react-router'
import { Field, LinkButton, Notice, Problem, Skeleton } from '../../kit/index.js'
import { Refused, ask, fetchSession } from '../allauth.js'
import { FormPage } from '../parts/FormPage.jsx'
import { Form } from '../parts/Form.jsx'
import { PasswordField } from '../parts/PasswordField.jsx'

export default function Password() {
  return (
    <Routes>
      <Route index element={<Forgotten />} />
      <Route path="reset/:key" element={<FromMail />} />
    </Routes>
  )
}

function Forgotten() {
  const [sentTo, setSentTo] = useState('')
  if (sentTo) {
    return (
      <FormPage title={t`Look into your mail`}>
        <Notice kind="good">
          {t`If an account has the address ${sentTo}, a mail with a link is on its way to it.`}
        </Notice>
        <p className="hint">
          {t`It may take a few minutes, or have been taken for junk. Only the last mail's link works, and only once.`}
        </p>
        <p>
          <Link to="/sign-in">{t`Back to signing in`}</Link>
        </p>
      </FormPage>
    )
  }
  return (
    <FormPage
      title={t`Forgotten password`}
      lead={t`Tell us the e-mail address of your account, and we send you a link to set a new one.`}
    >
      <Form
        submit={t`Send the link`}
        send={async ({ email }) => {
          await ask('auth/password/request', { body: { email } })
          setSentTo(email)
        }}
      >
        {(fieldError) => (
          <Field
            label={t`E-mail`}
            name="email"
            type="email"
            required
            autoComplete="email"
            error={fieldError('email')}
          />
        )}
      </Form>
      <p>
        <Link to="/sign-in">{t`Back to signing in`}</Link>
      </p>
    </FormPage>
  )
}

function FromMail() {
  const { key } = useParams()
  const navigate = useNavigate()
  const client = useQueryClient()
  const { data, error, refetch, isPending } = useQuery({
    queryKey: ['password key', key],
    queryFn: ({ signal }) => ask('auth/password/reset', { signal, headers: { 'X-Password-Reset-Key': key } }),
    retry: false,
    staleTime: Infinity,
  })

  async function send({ password }) {
    const answer = await ask('auth/password/reset', { body: { key, password } })
    if (answer.status === 401) return navigate('/sign-in', { replace: true, state: { said: 'password' } })
    await fetchSession(client)
    return navigate('/', { replace: true })
  }

  if (error instanceof Refused || (data && data.status !== 200)) return <DeadLink />
  return (
    <FormPage title={t`New password`} lead={data?.data?.user?.display}>
      {error ? (
        <Problem error={error} onRetry={refetch} />
      ) : isPending ? (
        <Skeleton count={2} />
      ) : (
        <Form send={send} submit={t`Set the password`}>
          {(fieldError) => (
            <PasswordField
              label={t`New password`}
              name="password"
              autoComplete="new-password"
              help={t`Long is better than complicated: a few words that nobody would guess together.`}
              error={fieldError('password')}
            />
          )}
        </Form>
      )}
    </FormPage>
  )
}

function DeadLink() {
  return (
    <FormPage title={t`This link no longer works`}>
      <p>{t`It was used already, is too old, or was cut by the mail program. A new one is quickly sent.`}</p>
      <p className="row">
        <LinkButton kind="primary" to="/password">{t`Send a new link`}</LinkButton>
        <LinkButton to="/sign-in">{t`Sign in`}</LinkButton>
      </p>
    </FormPage>
  )
}
