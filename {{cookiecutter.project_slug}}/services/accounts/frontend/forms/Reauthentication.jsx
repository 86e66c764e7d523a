import { t } from '@portal/i18n'
import { createContext, use, useCallback, useEffect, useId, useRef, useState } from '@portal/sdk'
import { Button } from '@portal/ui'
import { ReauthenticationRequired, request } from '../allauth.js'
import { CodeField, cleanCode, explainCode } from './CodeField.jsx'
import { Form } from './Form.jsx'
import { PasswordField } from './PasswordField.jsx'

/** The person closed the dialog without confirming their identity. */
export class Cancelled extends Error {}

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
  const id = useId()
  /** @type {import('react').RefObject<HTMLDialogElement | null>} */
  const dialog = useRef(null)
  const byPassword = flows.includes('reauthenticate')
  useEffect(() => {
    const focused = document.activeElement
    dialog.current.showModal()
    return () => {
      if (focused instanceof HTMLElement) focused.focus()
    }
  }, [])

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
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={id}
      onClose={() => reject(new Cancelled())}
      onCancel={() => reject(new Cancelled())}
    >
      <div className="stack">
        <h2 id={id}>{byPassword ? t`Confirm your password` : t`Confirm with a code`}</h2>
        <p className="help">{t`You are changing how your account is protected.`}</p>
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
    </dialog>
  )
}
