import { Trans, t } from '@portal/i18n'
import {
  ApiError,
  Link,
  Navigate,
  i18n,
  useLocation,
  usePortal,
  useQuery,
  useQueryClient,
  useState,
} from '@portal/sdk'
import { Field, Notice, Problem, Skeleton } from '@portal/ui'
import { configQuery, fetchSession, request } from '../../allauth.js'
import { Form } from '../../forms/Form.jsx'
import { FormPage } from '../../forms/FormPage.jsx'
import { PasswordField, newPasswordHelp } from '../../forms/PasswordField.jsx'

/** Creates an account where the portal's sign-up is open. Where it is closed, names the maintainers to contact. */
export default function SignUp() {
  const { person } = usePortal()
  const { search } = useLocation()
  const client = useQueryClient()
  const { data: config, error, refetch } = useQuery(configQuery)
  const [sentTo, setSentTo] = useState('')

  async function send(fields) {
    try {
      const { status } = await request('auth/signup', { body: fields })
      if (status === 401) setSentTo(fields.email)
      else await fetchSession(client) // signed in, here or meanwhile in another window
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 403)) throw error
      await refetch() // sign-up was closed meanwhile
    }
  }

  if (person) return <Navigate to="/" replace />
  const isOpen = config?.account.is_open_for_signup
  return (
    <FormPage title={sentTo ? t`Check your email` : t`Create an account`}>
      {sentTo ? (
        <LinkSent to={sentTo} />
      ) : error ? (
        <Problem error={error} onRetry={refetch} />
      ) : !config ? (
        <Skeleton />
      ) : isOpen ? (
        <SignUpForm send={send} domains={config.portal.sign_up_domains} />
      ) : (
        <SignUpClosed maintainers={config.portal.maintainers} />
      )}
      <p>
        <Link to={`/sign-in${search}`}>
          {isOpen && !sentTo ? t`Already have an account? Sign in` : t`Back to sign-in`}
        </Link>
      </p>
    </FormPage>
  )
}

/** @param {{send: (fields: any) => Promise<void>, domains: string[]}} props */
function SignUpForm({ send, domains }) {
  const allowedDomains = new Intl.ListFormat(i18n.locale, { type: 'disjunction' }).format(domains)
  return (
    <Form send={send} submit={t`Create account`}>
      {(fieldError) => (
        <>
          <Field
            label={t`Username`}
            name="username"
            required
            maxLength={64}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            help={t`Use letters, digits and . _ + -`}
            error={fieldError('username')}
          />
          <Field
            label={t`Your name (optional)`}
            name="display_name"
            maxLength={200}
            autoComplete="name"
            help={t`The name that others see.`}
            error={fieldError('display_name')}
          />
          <Field
            label={t`Email`}
            name="email"
            type="email"
            required
            maxLength={254}
            autoComplete="email"
            help={
              domains.length > 0
                ? t`Use an address at ${allowedDomains}. We will send you a link to confirm it.`
                : t`We will send you a link to confirm it.`
            }
            error={fieldError('email')}
          />
          <PasswordField
            label={t`Password`}
            name="password"
            autoComplete="new-password"
            help={newPasswordHelp()}
            error={fieldError('password')}
          />
        </>
      )}
    </Form>
  )
}

/** The same text for an email that already has an account, so that nobody learns of it here. @param {{to: string}} props */
function LinkSent({ to }) {
  return (
    <>
      <Notice kind="success">
        {t`We have sent a link to ${to}. Open it to confirm your email address, then sign in.`}
      </Notice>
      <p className="help">{t`The email can take a few minutes. Check your spam folder too.`}</p>
    </>
  )
}

/** @param {{maintainers: {name: string, email: string}}} props */
function SignUpClosed({ maintainers: { name, email } }) {
  return (
    <>
      <p>{t`You can't create an account yourself. The maintainers of this portal create accounts.`}</p>
      <p>
        <Trans>
          To get an account, write to {name}: <a href={`mailto:${email}`}>{email}</a>
        </Trans>
      </p>
    </>
  )
}
