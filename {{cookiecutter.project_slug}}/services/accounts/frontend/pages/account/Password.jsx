import { t } from '@portal/i18n'
import { useState } from '@portal/sdk'
import { Button, Row } from '@portal/ui'
import { Dialog } from '@portal/ui/dialog'
import { toast } from '@portal/ui/toast'
import { requestSignedIn } from '../../allauth.js'
import { Form } from '../../forms/Form.jsx'
import { PasswordField, newPasswordHelp } from '../../forms/PasswordField.jsx'
import { useReauthentication } from '../../forms/Reauthentication.jsx'
import { ActionButton } from './ActionButton.jsx'

/** The row of the password, and the dialog that changes it. */
export function Password() {
  const withReauthentication = useReauthentication()
  const [open, setOpen] = useState(false)
  const close = () => setOpen(false)

  async function send(fields) {
    await withReauthentication(() => requestSignedIn('account/password/change', { body: fields }))
    close()
    toast(t`Your password is changed.`)
  }

  return (
    <Row
      tile={{ title: 'Password', icon: 'lock' }}
      title={t`Password`}
      detail={t`After a change, your other devices are signed out.`}
      end={
        <>
          <ActionButton of={t`password`} onClick={() => setOpen(true)}>{t`Change`}</ActionButton>
          <Dialog open={open} onClose={close} title={t`Change your password`} actions={null}>
            <Form
              send={send}
              submit={t`Change password`}
              actions={<Button onClick={close}>{t`Cancel`}</Button>}
              explain={({ code }) =>
                code === 'enter_current_password' ? t`This is not your current password.` : undefined
              }
            >
              {(fieldError) => (
                <>
                  <PasswordField
                    label={t`Current password`}
                    name="current_password"
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
          </Dialog>
        </>
      }
    />
  )
}
