import { t } from '@portal/i18n'
import { Field } from '@portal/ui'

/**
 * A field for a code from an authenticator app, or for a recovery code.
 * @param {{help?: string, error?: string, autoFocus?: boolean}} props
 */
export function CodeField(props) {
  return (
    <Field
      {...props}
      label={t`Code`}
      name="code"
      required
      maxLength={32}
      inputMode="numeric"
      autoComplete="one-time-code"
      spellCheck={false}
    />
  )
}

/** Remove the spaces of a code, which apps show as "123 456". */
export const cleanCode = (text) => text.replace(/\s/g, '')

/** Replace allauth's message for a wrong code. @param {import('../allauth.js').FieldError} fieldError */
export const explainCode = ({ code }) =>
  code === 'incorrect_code' ? t`This code is wrong or has expired. Enter the next one.` : undefined
