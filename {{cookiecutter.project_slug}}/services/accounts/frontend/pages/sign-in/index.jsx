import { t } from '@portal/i18n'
import {
  Link,
  Navigate,
  Route,
  Routes,
  useEffect,
  useLocation,
  useNavigate,
  usePortal,
  useQuery,
  useQueryClient,
  useSearchParams,
  useState,
} from '@portal/sdk'
import { Button, LinkButton, NotFound, Notice } from '@portal/ui'
import { configQuery, fetchSession } from '../../allauth.js'
import { destination } from '../../destination.js'
import { FormPage } from '../../forms/FormPage.jsx'
import { InstituteButton } from '../../forms/InstituteButton.jsx'
import { CodeForm, PasskeyButton, PasswordForm } from '../../forms/SignInForms.jsx'
import { useSignIn } from '../../forms/useSignIn.js'
import { Institute } from './Institute.jsx'
import { InstituteAgain } from './InstituteAgain.jsx'

const MOST_CHARACTERS = 254 // of a username or an email address that another site has sent along as login_hint

// Pages of single sign-on. They send only visitors to here, so a person who has signed in before can continue there.
const PROVIDER = '/identity/'

export default function SignIn() {
  return (
    <Routes>
      <Route index element={<SignInPage />} />
      <Route path="institute" element={<Institute />} />
      <Route path="again" element={<InstituteAgain />} />
      <Route path="*" element={<NotFound />} />
    </Routes>
  )
}

function SignInPage() {
  const { person } = usePortal()
  const [wasSignedIn] = useState(Boolean(person)) // before this page did anything
  const [parameters] = useSearchParams()
  const next = destination(parameters.get('next'))
  const { step, types, proceed, restart } = useSignIn()
  const navigate = useNavigate()
  const continues = !wasSignedIn || next.path.startsWith(PROVIDER) // when signed in: here, or meanwhile in another tab
  const arrived = Boolean(person) && continues

  useEffect(() => {
    if (!arrived) return
    if (next.outsideShell) location.replace(next.path)
    else navigate(next.path, { replace: true })
  }, [arrived, next.outsideShell, next.path, navigate])

  if (wasSignedIn && continues && person) return null
  if (wasSignedIn && person) {
    // A page of Django's that redirected a signed-in person to here would redirect them again.
    return next.outsideShell ? <WrongAccount path={next.path} /> : <Navigate to={next.path} replace />
  }
  if (step === 'code') {
    return (
      <FormPage title={t`Enter your code`} lead={t`Your account is protected by a second factor.`}>
        <CodeForm onAnswer={proceed} onBack={restart} types={types} />
      </FormPage>
    )
  }
  if (step === 'email') return <EmailNotConfirmed onBack={restart} />
  return (
    <PasswordStep
      onAnswer={proceed}
      expired={step === 'expired'}
      next={next.path}
      username={parameters.get('login_hint')?.slice(0, MOST_CHARACTERS)}
    />
  )
}

/**
 * @param {{onAnswer: import('../../forms/SignInForms.jsx').OnAnswer, expired: boolean, next: string, username?: string}} props
 *   `username` is filled in
 */
function PasswordStep({ onAnswer, expired, next, username }) {
  const client = useQueryClient()
  const { name } = usePortal()
  const { state, search } = useLocation()
  const { data: config } = useQuery(configQuery)
  return (
    <FormPage title={t`Sign in`} lead={name}>
      {state?.passwordReset && (
        <Notice kind="success">{t`Your new password is set. Sign in with it.`}</Notice>
      )}
      {expired && (
        <Notice kind="error">{t`Your sign-in has expired, or your account is closed. Sign in again.`}</Notice>
      )}
      <PasswordForm onAnswer={onAnswer} username={username} autoFocus />
      <PasskeyButton path="auth/webauthn/login" onAnswer={onAnswer} label={t`Sign in with a passkey`} />
      <InstituteButton next={next} onSignedIn={() => fetchSession(client)} />
      <p className="row form-page-links">
        <Link to="/password">{t`Forgot your password?`}</Link>
        {config?.account.is_open_for_signup && <Link to={`/sign-up${search}`}>{t`Create an account`}</Link>}
      </p>
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
