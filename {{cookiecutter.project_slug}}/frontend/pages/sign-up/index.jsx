import { Trans, t } from '@portal/i18n'
import { useState } from 'react'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { Link, Navigate, useLocation } from 'react-router'
import { Field, Notice, Problem, Skeleton } from '../../kit/index.js'
import { ApiError, i18n, usePortal } from '../../sdk/index.js'
import { ask, fetchSession, configQuery } from '../allauth.js'
import { FormPage } from '../parts/FormPage.jsx'
import { Form } from '../parts/Form.jsx'
import { PasswordField } from '../parts/PasswordField.jsx'

/** An account for whoever wants one, where the portal lets people make their own; where not, whom to ask. */
export default function SignUp() {
  const { person } = usePortal()
  const { search } = useLocation()
  const client = useQueryClient()
  const { data: config, error, refetch } = useQuery(configQuery)
  const [sentTo, setSentTo] = useState('')

  async function send(fields) {
    try {
      const { status } = await ask('auth/signup', { body: fields })
      if (status === 401) setSentTo(fields.email)
      else await fetchSession(client) // signed in, here or in another window in the meantime
    } catch (error) {
      if (!(error instanceof ApiError && error.status === 403)) throw error
      await refetch() // no longer open
    }
  }

  if (person) return <Navigate to="/" replace />
  const isOpen = config?.account.is_open_for_signup
  return (
    <FormPage title={sentTo ? t`Look into your mail` : t`Make an account`}>
      {sentTo ? (
        <Sent to={sentTo} />
      ) : error ? (
        <Problem error={error} onRetry={refetch} />
      ) : !config ? (
        <Skeleton />
      ) : isOpen ? (
        <Fields send={send} domains={config.portal.sign_up_domains} />
      ) : (
        <Closed maintainers={config.portal.maintainers} />
      )}
      <p>
        <Link to={`/sign-in${search}`}>
          {isOpen && !sentTo ? t`Sign in with an account that you have` : t`Back to signing in`}
        </Link>
      </p>
    </FormPage>
  )
}

/** @param {{send: (fields: any) => Promise<void>, domains: string[]}} props */
function Fields({ send, domains }) {
  const or = new Intl.ListFormat(i18n.locale, { type: 'disjunction' }).format(domains)
  return (
    <Form send={send} submit={t`Make the account`}>
      {(fieldError) => (
        <>
          <Field
            label={t`Name to sign in with`}
            name="username"
            required
            maxLength={64}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            help={t`Letters, digits and . _ + -`}
            error={fieldError('username')}
          />
          <Field
            label={t`Your name`}
            name="display_name"
            maxLength={200}
            autoComplete="name"
            help={t`As others see it. You can leave it empty.`}
            error={fieldError('display_name')}
          />
          <Field
            label={t`E-mail`}
            name="email"
            type="email"
            required
            maxLength={254}
            autoComplete="email"
            help={
              domains.length > 0
                ? t`An address at ${or}. We send a link to it.`
                : t`We send a link to it, and the account opens with that.`
            }
            error={fieldError('email')}
          />
          <PasswordField
            label={t`Password`}
            name="password"
            autoComplete="new-password"
            help={t`Long is better than complicated: a few words that nobody would guess together.`}
            error={fieldError('password')}
          />
        </>
      )}
    </Form>
  )
}

/** The same words when the address has an account already: its mail says so, and this page does not. @param {{to: string}} props */
function Sent({ to }) {
  return (
    <>
      <Notice kind="good">
        {t`A mail with a link is on its way to ${to}. Open it to confirm that the address is yours, then sign in.`}
      </Notice>
      <p className="hint">{t`It may take a few minutes, or have been taken for junk.`}</p>
    </>
  )
}

/** @param {{maintainers: {name: string, email: string}}} props */
function Closed({ maintainers: { name, email } }) {
  return (
    <>
      <p>{t`People cannot make an account for themselves here: the portal's maintainers make them.`}</p>
      <p>
        <Trans>
          To get one, write to {name}: <a href={`mailto:${email}`}>{email}</a>
        </Trans>
      </p>
    </>
  )
}
