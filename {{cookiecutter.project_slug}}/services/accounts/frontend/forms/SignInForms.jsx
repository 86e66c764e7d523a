import { t } from '@portal/i18n'
import { useMutation, useQuery } from '@portal/sdk'
import { Button, Field, Icon, Notice } from '@portal/ui'
import { ValidationFailed, configQuery, request } from '../allauth.js'
import { hasPasskeys, provePasskey } from '../webauthn.js'
import { CodeField, cleanCode, explainCode } from './CodeField.jsx'
import { Form, FormProblem } from './Form.jsx'
import { PasswordField } from './PasswordField.jsx'

/** @typedef {(answer: import('../allauth.js').Answer) => Promise<void>} OnAnswer */

/**
 * The form for the username and the password.
 * @param {{onAnswer: OnAnswer, username?: string, autoFocus?: boolean, actions?: import('react').ReactNode}} props `username` is filled in
 */
export function PasswordForm({ onAnswer, username, autoFocus, actions }) {
  async function send({ login, password }) {
    const typed = login.trim()
    await onAnswer(
      await request('auth/login', {
        body: { [typed.includes('@') ? 'email' : 'username']: typed, password },
      }),
    )
  }
  return (
    <Form send={send} submit={t`Sign in`} explain={explainLogin} actions={actions}>
      {() => (
        <>
          <Field
            label={t`Username or email`}
            name="login"
            required
            defaultValue={username}
            autoFocus={autoFocus && !username}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
          />
          <PasswordField
            label={t`Password`}
            name="password"
            autoFocus={autoFocus && Boolean(username)}
            data-autofocus={Boolean(username) || undefined}
            autoComplete="current-password"
          />
        </>
      )}
    </Form>
  )
}

/** Replace allauth's messages with one that does not reveal whether the username or the password is wrong. */
function explainLogin({ code }) {
  if (/_password_mismatch$|^invalid_login$|^invalid$/.test(code))
    return t`Wrong username or password. Passwords are case-sensitive.`
}

/**
 * The form for the code of the second factor.
 * @param {{onAnswer: OnAnswer, onBack: () => void, types: string[]}} props `types` are the second factors of the person
 */
export function CodeForm({ onAnswer, onBack, types }) {
  async function send({ code }) {
    await onAnswer(await request('auth/2fa/authenticate', { body: { code: cleanCode(code) } }))
  }
  return (
    <>
      {types.includes('webauthn') && <PasskeyButton path="auth/webauthn/authenticate" onAnswer={onAnswer} />}
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
            help={
              types.includes('totp') || !types.length
                ? t`Six digits from your authenticator app, or one of your recovery codes.`
                : t`One of your recovery codes. A passkey works on the site on which you added it.`
            }
          />
        )}
      </Form>
    </>
  )
}

/**
 * A button to use a passkey. It is hidden where there are none, such as at an IP address.
 * @param {{path: string, onAnswer: OnAnswer, label?: string}} props `path` is that of allauth's API for what the passkey is used
 */
export function PasskeyButton({ path, onAnswer, label = t`Use a passkey` }) {
  const { data: config } = useQuery(configQuery)
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      const { data } = await request(path)
      const credential = await provePasskey(data.request_options)
      await onAnswer(await request(path, { body: { credential } }))
    },
  })
  if (!hasPasskeys(config)) return null
  return (
    <div className="stack sign-in-way">
      <Button busy={isPending} onClick={() => mutate()}>
        <Icon name="key" />
        {label}
      </Button>
      {error instanceof ValidationFailed ? (
        <Notice kind="error">{error.fieldErrors.map(explainPasskey).join(' ')}</Notice>
      ) : (
        <FormProblem error={error} />
      )}
    </div>
  )
}

/** @param {import('../allauth.js').FieldError} fieldError */
const explainPasskey = ({ code, message }) =>
  code === 'incorrect_code' ? t`The portal does not know this passkey. It may have been removed.` : message
