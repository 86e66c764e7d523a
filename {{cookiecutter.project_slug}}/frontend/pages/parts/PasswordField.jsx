import { t } from '@portal/i18n'
import { useId, useState } from 'react'

/**
 * A password, which can be looked at while it is typed.
 * @param {{label: string, help?: string, error?: string} & import('react').ComponentProps<'input'>} props
 */
export function PasswordField({ label, help, error, ...rest }) {
  const id = useId()
  const [shown, setShown] = useState(false)
  const described = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <div className="password">
        <input
          required
          {...rest}
          id={id}
          type={shown ? 'text' : 'password'}
          spellCheck={false}
          autoCapitalize="none"
          aria-describedby={described || undefined}
          aria-invalid={error ? true : undefined}
        />
        <button type="button" onClick={() => setShown(!shown)}>
          {shown ? t`Hide` : t`Show`}
          <span className="for-screen-readers"> {t`what is typed`}</span>
        </button>
      </div>
      {help && (
        <p id={`${id}-help`} className="hint">
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
