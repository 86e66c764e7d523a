import { t } from '@portal/i18n'
import { useState } from 'react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Navigate, useLocation, useNavigate, useSearchParams } from 'react-router'
import { Button, Field, LinkButton, Notice } from '../../kit/index.js'
import { usePortal } from '../../sdk/index.js'
import { ask, fetchSession, configQuery } from '../allauth.js'
import { destination } from '../next.js'
import { CodeField, codeOf } from '../parts/CodeField.jsx'
import { FormPage } from '../parts/FormPage.jsx'
import { Form } from '../parts/Form.jsx'
import { PasswordField } from '../parts/PasswordField.jsx'
import { tooManyAttempts } from '../parts/rateLimit.js'

export default function SignIn() {
  const { person } = usePortal()
  const [already] = useState(Boolean(person)) // and not: by what happens on this page
  const [parameters] = useSearchParams()
  const next = destination(parameters.get('next'))
  const [step, setStep] = useState('password')
  const client = useQueryClient()
  const navigate = useNavigate()

  /** @param {import('../allauth.js').Answer} answer */
  async function go(answer) {
    if (answer.status === 401) {
      const pending = answer.data?.flows?.find((flow) => flow.is_pending)
      setStep({ mfa_authenticate: 'code', verify_email: 'mail' }[pending?.id] ?? 'again')
      return
    }
    // 409: signed in already, in another window.
    await fetchSession(client)
    if (next.elsewhere) location.assign(next.path)
    else navigate(next.path, { replace: true })
  }

  if (already && person) {
    // A page of the servers that sent somebody here who is signed in would do so again.
    return next.elsewhere ? <AnotherAccount path={next.path} /> : <Navigate to={next.path} replace />
  }
  if (step === 'code') return <SecondStep onAnswer={go} onBack={() => setStep('password')} />
  if (step === 'mail') return <Unconfirmed onBack={() => setStep('password')} />
  return <FirstStep onAnswer={go} again={step === 'again'} />
}

/** @param {{onAnswer: (answer: import('../allauth.js').Answer) => Promise<void>, again: boolean}} props */
function FirstStep({ onAnswer, again }) {
  const { name } = usePortal()
  const { state, key, search } = useLocation()
  const { data: config } = useQuery(configQuery)

  async function send({ login, password }) {
    const who = login.trim()
    await onAnswer(
      await ask('auth/login', { body: { [who.includes('@') ? 'email' : 'username']: who, password } }),
    )
  }

  return (
    <FormPage title={t`Sign in`} lead={name}>
      {state?.said === 'password' && (
        <Notice kind="good">{t`Your new password is set. Sign in with it.`}</Notice>
      )}
      {again && (
        <Notice kind="bad">{t`That took too long, or the account is closed. Please sign in again.`}</Notice>
      )}
      <Form send={send} submit={t`Sign in`} explain={unknown}>
        {() => (
          <>
            <Field
              label={t`Name or e-mail`}
              name="login"
              required
              autoFocus={key === 'default'}
              autoComplete="username"
              autoCapitalize="none"
              spellCheck={false}
            />
            <PasswordField label={t`Password`} name="password" autoComplete="current-password" />
          </>
        )}
      </Form>
      <p className="row form-page-links">
        <Link to="/password">{t`Forgotten your password?`}</Link>
        {config?.account.is_open_for_signup && <Link to={`/sign-up${search}`}>{t`Make an account`}</Link>}
      </p>
    </FormPage>
  )
}

/** The same words whether the name or the password is wrong: which of them is nobody's business. */
function unknown({ code }) {
  if (code === 'too_many_login_attempts') return tooManyAttempts()
  if (/_password_mismatch$|^invalid_login$|^invalid$/.test(code))
    return t`The name or the password is not right. In a password, capital and small letters differ.`
}

/** @param {{onAnswer: (answer: import('../allauth.js').Answer) => Promise<void>, onBack: () => void}} props */
function SecondStep({ onAnswer, onBack }) {
  async function send({ code }) {
    await onAnswer(await ask('auth/2fa/authenticate', { body: { code: codeOf(code) } }))
  }
  return (
    <FormPage title={t`One more step`} lead={t`Your account is protected by a second factor.`}>
      <Form
        send={send}
        submit={t`Sign in`}
        actions={<Button kind="quiet" onClick={onBack}>{t`Start again`}</Button>}
        explain={({ code }) =>
          code === 'incorrect_code' ? t`This code is not right, or no longer. Take the next one.` : undefined
        }
      >
        {(fieldError) => (
          <CodeField
            autoFocus
            error={fieldError('code')}
            help={t`Six digits from your authenticator app, or one of your recovery codes.`}
          />
        )}
      </Form>
    </FormPage>
  )
}

/** @param {{onBack: () => void}} props */
function Unconfirmed({ onBack }) {
  return (
    <FormPage title={t`Look into your mail`}>
      <p>{t`The address of this account is not confirmed yet. Open the link in the mail that we sent to it, then sign in.`}</p>
      <p>
        <Button onClick={onBack}>{t`Start again`}</Button>
      </p>
    </FormPage>
  )
}

/** @param {{path: string}} props */
function AnotherAccount({ path }) {
  const { person } = usePortal()
  const name = person.display_name || person.username
  return (
    <FormPage title={t`This is for another account`}>
      <p>{t`You are signed in as ${name}, and what you asked for is not open to this account.`}</p>
      <p className="hint">{path}</p>
      <p className="row">
        <LinkButton kind="primary" to="/">{t`All apps`}</LinkButton>
        <LinkButton to="/sign-out" state={{ now: true, next: path }}>{t`Sign out`}</LinkButton>
      </p>
    </FormPage>
  )
}
