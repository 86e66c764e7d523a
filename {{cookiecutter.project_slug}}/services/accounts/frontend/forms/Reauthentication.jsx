import { t } from '@portal/i18n'
import { createContext, use, useCallback, useState } from '@portal/sdk'
import { Button } from '@portal/ui'
import { Dialog } from '@portal/ui/dialog'
import { ReauthenticationRequired, request } from '../allauth.js'
import { CodeField, cleanCode, explainCode } from './CodeField.jsx'
import { Cancelled } from './cancelled.js'
import { Form } from './Form.jsx'
import { PasswordField } from './PasswordField.jsx'
import { PasskeyButton } from './SignInForms.jsx'

const ReauthenticationContext = createContext(null)

/**
 * Return a function that runs an action. When allauth asks for reauthentication, it opens a dialog for the password or the code, and runs
 * the action again afterwards.
 * @returns {<T>(action: () => Promise<T>) => Promise<T>} throws Cancelled when the person closes the dialog
 */
export const useReauthentication = () => use(ReauthenticationContext)

/** Provide `useReauthentication()` to the children. @param {{children: import('react').ReactNode}} props */
export function Reauthentication({ children }) {
  const [dialog, setDialog] = useState(null)

  const withReauthentication = useCallback(async (action) => {
    try {
      return await action()
    } catch (error) {
      if (!(error instanceof ReauthenticationRequired)) throw error
      try {
        await new Promise((resolve, reject) => setDialog({ flows: error.flows, resolve, reject }))
      } finally {
        setDialog(null)
      }
      return action()
    }
  }, [])

  return (
    <ReauthenticationContext value={withReauthentication}>
      {children}
      {dialog && <ReauthenticationDialog {...dialog} />}
    </ReauthenticationContext>
  )
}

/** @param {{flows: string[], resolve: () => void, reject: (reason: Error) => void}} props */
function ReauthenticationDialog({ flows, resolve, reject }) {
  const byPassword = flows.includes('reauthenticate')

  async function send(fields) {
    if (byPassword) await request('auth/reauthenticate', { body: { password: fields.password } })
    else await request('auth/2fa/reauthenticate', { body: { code: cleanCode(fields.code) } })
    resolve()
  }

  function explain(fieldError) {
    return fieldError.code === 'incorrect_password'
      ? t`This password is wrong. Try again.`
      : explainCode(fieldError)
  }

  return (
    <Dialog
      title={byPassword ? t`Confirm your password` : t`Confirm with your second factor`}
      onClose={() => reject(new Cancelled())}
      actions={null}
    >
      <div className="stack">
        <p className="help">{t`You are changing how your account is protected.`}</p>
        {flows.includes('webauthn') && (
          <PasskeyButton path="auth/webauthn/reauthenticate" onAnswer={async () => resolve()} />
        )}
        <Form
          send={send}
          submit={t`Continue`}
          actions={<Button onClick={() => reject(new Cancelled())}>{t`Cancel`}</Button>}
          explain={explain}
        >
          {(fieldError) =>
            byPassword ? (
              <PasswordField
                label={t`Your password`}
                name="password"
                autoComplete="current-password"
                error={fieldError('password')}
              />
            ) : (
              <CodeField error={fieldError('code')} />
            )
          }
        </Form>
      </div>
    </Dialog>
  )
}
