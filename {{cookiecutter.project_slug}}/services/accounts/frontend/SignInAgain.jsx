import { t } from '@portal/i18n'
import { useEffect, usePortal, useQuery, useRef } from '@portal/sdk'
import { Button, Icon, Notice } from '@portal/ui'
import { Dialog } from '@portal/ui/dialog'
import { configQuery } from './allauth.js'
import { CodeForm, PasskeyButton, PasswordForm } from './forms/SignInForms.jsx'
import { useSignIn } from './forms/useSignIn.js'
import './forms/forms.css'

/**
 * The dialog above a page whose session has ended. It covers the page, and leaves it as it is. The shell closes the dialog when somebody has
 * signed in, here or in another tab: the same person goes on, and another person gets a page of their own.
 */
export default function SignInAgain() {
  const { person } = usePortal() // as it was before
  const { step, types, proceed, restart } = useSignIn()
  /** @type {import('react').RefObject<HTMLDivElement | null>} */
  const content = useRef(null)

  // Otherwise Escape would also close a dialog of the page below.
  useEffect(() => {
    const onKeyDown = (event) => event.key === 'Escape' && event.preventDefault()
    document.addEventListener('keydown', onKeyDown, true)
    return () => document.removeEventListener('keydown', onKeyDown, true)
  }, [])

  /** Browsers close a dialog themselves when Escape is pressed twice. */
  function stayOpen() {
    const dialog = content.current?.closest('dialog')
    if (dialog && !dialog.open) dialog.showModal()
  }

  return (
    <Dialog title={t`Sign in again`} onClose={stayOpen} actions={null}>
      <div ref={content} className="stack sign-in-again">
        <p className="help">
          {t`Your session has ended. Sign in as ${person.username} to continue. What you entered is still here.`}
        </p>
        {step === 'expired' && (
          <Notice kind="error">{t`Your sign-in has expired, or your account is closed. Sign in again.`}</Notice>
        )}
        {step === 'email' && (
          <Notice kind="error">
            {t`The email address of this account is not confirmed yet. Open the link that we sent to it, then sign in.`}
          </Notice>
        )}
        {step === 'code' ? (
          <CodeForm onAnswer={proceed} onBack={restart} types={types} />
        ) : (
          <>
            <PasswordForm
              onAnswer={proceed}
              username={person.username}
              actions={
                <Button kind="quiet" onClick={() => location.assign('/')}>{t`Discard and leave`}</Button>
              }
            />
            <PasskeyButton path="auth/webauthn/login" onAnswer={proceed} />
            <InstituteLink />
          </>
        )}
      </div>
    </Dialog>
  )
}

/** A link to sign in with the institute's own account, in a new tab. It is hidden where there are no such accounts. */
function InstituteLink() {
  const { data: config } = useQuery(configQuery)
  const name = config?.portal?.institute_sign_in
  if (!name) return null
  return (
    <div className="stack sign-in-way">
      <a className="button" href="/sign-in/again" target="_blank" rel="noopener">
        <Icon name="globe" />
        {t`Sign in with ${name}`}
        <span className="visually-hidden">{t`(opens a new tab)`}</span>
      </a>
    </div>
  )
}
