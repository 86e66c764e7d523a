import { t } from '@portal/i18n'
import { useState } from '@portal/sdk'
import { FormControl } from '@portal/ui'

/**
 * A password field with a button that shows the password.
 * @param {{label: string, help?: string, error?: string} & import('react').ComponentProps<'input'>} props
 */
export function PasswordField({ label, help, error, ...rest }) {
  const [visible, setVisible] = useState(false)
  return (
    <FormControl label={label} help={help} error={error}>
      {(attributes) => (
        <div className="password-field">
          <input
            required
            {...rest}
            {...attributes}
            type={visible ? 'text' : 'password'}
            spellCheck={false}
            autoCapitalize="none"
          />
          <button type="button" onClick={() => setVisible(!visible)}>
            {visible ? t`Hide` : t`Show`}
            <span className="visually-hidden"> {t`password`}</span>
          </button>
        </div>
      )}
    </FormControl>
  )
}

/** Return the help text of a field for a new password. */
export const newPasswordHelp = () => t`Choose a long password, for example four unrelated words.`
