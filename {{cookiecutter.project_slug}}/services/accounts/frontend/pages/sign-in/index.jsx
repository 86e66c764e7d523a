import { t } from '@portal/i18n'
import {
  Link,
  Navigate,
  useLocation,
  useNavigate,
  usePortal,
  useQuery,
  useQueryClient,
  useSearchParams,
  useState,
} from '@portal/sdk'
import { Button, Field, LinkButton, Notice } from '@portal/ui'
import { configQuery, fetchSession, request } from '../../allauth.js'
import { destination } from '../../destination.js'
import { CodeField, cleanCode, explainCode } from '../../forms/CodeField.jsx'
import { Form } from '../../forms/Form.jsx'
import { FormPage } from '../../forms/FormPage.jsx'
import { PasswordField } from '../../forms/PasswordField.jsx'
import { tooManyAttempts } from '../../forms/rateLimit.js'

export default function SignIn() {
  const { person } = usePortal()
  const [wasSignedIn] = useState(Boolean(person)) // before this page did anything
  const [parameters] = useSearchParams()
  const next = destination(parameters.get('next'))
  const [step, setStep] = useState('password')
  const client = useQueryClient()
  const navigate = useNavigate()

  /** @param {import('../../allauth.js').Answer} answer */
  async function proceed(answer) {
    if (answer.status === 401) {
      const pending = answer.data?.flows?.find((flow) => flow.is_pending)
      setStep({ mfa_authenticate: 'code', verify_email: 'email' }[pending?.id] ?? 'expired')
      return
    }
    // Signed in. With status 409 it happened in another window.
    await fetchSession(client)
    if (next.outsideShell) location.assign(next.path)
    else navigate(next.path, { replace: true })
  }

  if (wasSignedIn && person) {
    // A page of Django's that redirected a signed-in person to here would redirect them again.
    return next.outsideShell ? <WrongAccount path={next.path} /> : <Navigate to={next.path} replace />
  }
  if (step === 'code') return <CodeStep onAnswer={proceed} onBack={() => setStep('password')} />
  if (step === 'email') return <EmailNotConfirmed onBack={() => setStep('password')} />
  return <PasswordStep onAnswer={proceed} expired={step === 'expired'} />
}

/** @param {{onAnswer: (answer: import('../../allauth.js').Answer) => Promise<void>, expired: boolean}} props */
function PasswordStep({ onAnswer, expired }) {
  const { name } = usePortal()
  const { state, key, search } = useLocation()
  const { data: config } = useQuery(configQuery)

  async function send({ login, password }) {
    const typed = login.trim()
    await onAnswer(
      await request('auth/login', {
        body: { [typed.includes('@') ? 'email' : 'username']: typed, password },
      }),
    )
  }

  return (
    <FormPage title={t`Sign in`} lead={name}>
      {state?.passwordReset && (
        <Notice kind="success">{t`Your new password is set. Sign in with it.`}</Notice>
      )}
      {expired && (
        <Notice kind="error">{t`Your sign-in has expired, or your account is closed. Sign in again.`}</Notice>
      )}
      <Form send={send} submit={t`Sign in`} explain={explainLogin}>
        {() => (
          <>
            <Field
              label={t`Username or email`}
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
        <Link to="/password">{t`Forgot your password?`}</Link>
        {config?.account.is_open_for_signup && <Link to={`/sign-up${search}`}>{t`Create an account`}</Link>}
      </p>
    </FormPage>
  )
}

/** Replace allauth's messages with one that does not reveal whether the username or the password is wrong. */
function explainLogin({ code }) {
  if (code === 'too_many_login_attempts') return tooManyAttempts()
  if (/_password_mismatch$|^invalid_login$|^invalid$/.test(code))
    return t`Wrong username or password. Passwords are case-sensitive.`
}

/** @param {{onAnswer: (answer: import('../../allauth.js').Answer) => Promise<void>, onBack: () => void}} props */
function CodeStep({ onAnswer, onBack }) {
  async function send({ code }) {
    await onAnswer(await request('auth/2fa/authenticate', { body: { code: cleanCode(code) } }))
  }
  return (
    <FormPage title={t`Enter your code`} lead={t`Your account is protected by a second factor.`}>
      <Form
        send={send}
        submit={t`Sign in`}
        actions={<Button kind="quiet" onClick={onBack}>{t`Start again`}</Button>}
        explain={explainCode}
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
function EmailNotConfirmed({ onBack }) {
  return (
    <FormPage title={t`Check your email`}>
      <p>{t`The email address of this account is not confirmed yet. Open the link that we sent to it, then sign in.`}</p>
      <p>
        <Button onClick={onBack}>{t`Start again`}</Button>
      </p>
    </FormPage>
  )
}

/** @param {{path: string}} props */
function WrongAccount({ path }) {
  const { person } = usePortal()
  const name = person.display_name || person.username
  return (
    <FormPage title={t`You need another account`}>
      <p>{t`You are signed in as ${name}. This account has no access to the page that you opened.`}</p>
      <p className="help">{path}</p>
      <p className="row">
        <LinkButton kind="primary" to="/">{t`All apps`}</LinkButton>
        <LinkButton to="/sign-out" state={{ now: true, next: path }}>{t`Sign out`}</LinkButton>
      </p>
    </FormPage>
  )
}
