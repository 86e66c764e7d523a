import { t } from '@portal/i18n'
import { useEffect, useRef, useState } from '@portal/sdk'
import { Button, Notice } from '@portal/ui'
import { requestSignedIn } from '../../allauth.js'
import { Form } from '../../forms/Form.jsx'
import { PasswordField, newPasswordHelp } from '../../forms/PasswordField.jsx'
import { useReauthentication } from '../../forms/Reauthentication.jsx'
import { Section } from './Section.jsx'

export function Password() {
  const withReauthentication = useReauthentication()
  const [state, setState] = useState('idle')
  /** @type {import('react').RefObject<HTMLDivElement | null>} */
  const result = useRef(null)
  useEffect(() => {
    if (state === 'done') result.current.focus()
  }, [state])

  async function send(fields) {
    await withReauthentication(() => requestSignedIn('account/password/change', { body: fields }))
    setState('done')
  }

  return (
    <Section title={t`Password`}>
      {state === 'done' && (
        <div ref={result} tabIndex={-1}>
          <Notice kind="success">{t`Your password is changed.`}</Notice>
        </div>
      )}
      {state === 'changing' ? (
        <Form
          send={send}
          submit={t`Change password`}
          actions={<Button kind="quiet" onClick={() => setState('idle')}>{t`Cancel`}</Button>}
          explain={({ code }) =>
            code === 'enter_current_password' ? t`This is not your current password.` : undefined
          }
        >
          {(fieldError) => (
            <>
              <PasswordField
                label={t`Current password`}
                name="current_password"
                autoFocus
                autoComplete="current-password"
                error={fieldError('current_password')}
              />
              <PasswordField
                label={t`New password`}
                name="new_password"
                autoComplete="new-password"
                help={newPasswordHelp()}
                error={fieldError('new_password')}
              />
            </>
          )}
        </Form>
      ) : (
        <p>
          <Button onClick={() => setState('changing')}>{t`Change password`}</Button>
        </p>
      )}
    </Section>
  )
}
