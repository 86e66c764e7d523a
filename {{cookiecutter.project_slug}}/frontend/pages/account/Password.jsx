import { t } from '@portal/i18n'
import { useEffect, useRef, useState } from 'react'
import { Button, Notice } from '../../kit/index.js'
import { askAsPerson } from '../allauth.js'
import { Form } from '../parts/Form.jsx'
import { PasswordField } from '../parts/PasswordField.jsx'
import { useReauthentication } from '../parts/Reauthentication.jsx'
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
    await withReauthentication(() => askAsPerson('account/password/change', { body: fields }))
    setState('done')
  }

  return (
    <Section title={t`Password`}>
      {state === 'done' && (
        <div ref={result} tabIndex={-1}>
          <Notice kind="good">{t`Your password is changed.`}</Notice>
        </div>
      )}
      {state === 'changing' ? (
        <Form
          send={send}
          submit={t`Change the password`}
          actions={<Button kind="quiet" onClick={() => setState('idle')}>{t`Cancel`}</Button>}
          explain={({ code }) =>
            code === 'enter_current_password' ? t`This is not your present password.` : undefined
          }
        >
          {(fieldError) => (
            <>
              <PasswordField
                label={t`Present password`}
                name="current_password"
                autoFocus
                autoComplete="current-password"
                error={fieldError('current_password')}
              />
              <PasswordField
                label={t`New password`}
                name="new_password"
                autoComplete="new-password"
                help={t`Long is better than complicated: a few words that nobody would guess together.`}
                error={fieldError('new_password')}
              />
            </>
          )}
        </Form>
      ) : (
        <p>
          <Button onClick={() => setState('changing')}>{t`Change the password`}</Button>
        </p>
      )}
    </Section>
  )
}
