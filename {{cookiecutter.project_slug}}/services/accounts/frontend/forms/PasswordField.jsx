import { t } from '@portal/i18n'
import { useId, useState } from '@portal/sdk'

/**
 * A password field with a button that shows the password.
 * @param {{label: string, help?: string, error?: string} & import('react').ComponentProps<'input'>} props
 */
export function PasswordField({ label, help, error, ...rest }) {
  const id = useId()
  const [visible, setVisible] = useState(false)
  const description = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="password-field">
        <input
          required
          {...rest}
          id={id}
          type={visible ? 'text' : 'password'}
          spellCheck={false}
          autoCapitalize="none"
          aria-describedby={description || undefined}
          aria-invalid={error ? true : undefined}
        />
        <button type="button" onClick={() => setVisible(!visible)}>
          {visible ? t`Hide` : t`Show`}
          <span className="visually-hidden"> {t`password`}</span>
        </button>
      </div>
      {help && (
        <p id={`${id}-help`} className="help">
          {help}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="field-error" role="alert">
          {error}
        </p>
      )}
    </div>
  )
}

/** Return the help text of a field for a new password. */
export const newPasswordHelp = () => t`Choose a long password, for example four unrelated words.`
