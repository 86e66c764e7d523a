import { t } from '@portal/i18n'
import { Field } from '../../kit/index.js'

/**
 * A code from an authenticator app.
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

/** As people copy it from their app: "123 456". */
export const codeOf = (text) => text.replace(/\s/g, '')
