import { t } from '@portal/i18n'
import { createContext, use, useCallback, useEffect, useId, useRef, useState } from 'react'
import { Button } from '../../kit/index.js'
import { ReauthenticationRequired, ask } from '../allauth.js'
import { CodeField, codeOf } from './CodeField.jsx'
import { Form } from './Form.jsx'
import { PasswordField } from './PasswordField.jsx'

/** The person was asked to confirm, and changed their mind. */
export class Cancelled extends Error {}

const ReauthenticationContext = createContext(null)

/**
 * @returns {<T>(action: () => Promise<T>) => Promise<T>} does something for which it must be the person themselves at this device: where
 *   that is in doubt they are asked, and it is done again
 */
export const useReauthentication = () => use(ReauthenticationContext)

/** @param {{children: import('react').ReactNode}} props */
export function Reauthentication({ children }) {
  const [asked, setAsked] = useState(null)

  const withReauthentication = useCallback(async (action) => {
    try {
      return await action()
    } catch (error) {
      if (!(error instanceof ReauthenticationRequired)) throw error
      try {
        await new Promise((resolve, reject) => setAsked({ flows: error.flows, resolve, reject }))
      } finally {
        setAsked(null)
      }
      return action()
    }
  }, [])

  return (
    <ReauthenticationContext value={withReauthentication}>
      {children}
      {asked && <Confirmation {...asked} />}
    </ReauthenticationContext>
  )
}

/** @param {{flows: string[], resolve: () => void, reject: (reason: Error) => void}} props */
function Confirmation({ flows, resolve, reject }) {
  const id = useId()
  /** @type {import('react').RefObject<HTMLDialogElement | null>} */
  const dialog = useRef(null)
  const byPassword = flows.includes('reauthenticate')
  useEffect(() => {
    const before = document.activeElement
    dialog.current.showModal()
    return () => {
      if (before instanceof HTMLElement) before.focus()
    }
  }, [])

  async function send(fields) {
    if (byPassword) await ask('auth/reauthenticate', { body: { password: fields.password } })
    else await ask('auth/2fa/reauthenticate', { body: { code: codeOf(fields.code) } })
    resolve()
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
        <h2 id={id}>{t`Is it really you?`}</h2>
        <p className="hint">{t`This changes how your account is protected, so it is asked once more.`}</p>
        <Form
          send={send}
          submit={t`Continue`}
          actions={<Button onClick={() => reject(new Cancelled())}>{t`Cancel`}</Button>}
          explain={({ code }) => (code === 'incorrect_password' ? t`This is not your password.` : undefined)}
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
