import { useId } from '@portal/sdk'

/**
 * A text field with its label. It takes the properties of `<input>`, or of `<textarea>` with `multiline`.
 * @param {{label: import('react').ReactNode, help?: import('react').ReactNode, error?: string, multiline?: boolean}
 *   & Omit<import('react').ComponentProps<'input'> & import('react').ComponentProps<'textarea'>, 'ref'>} props
 *   `help` is shown below the field; `error` too, and screen readers announce it; a `multiline` field grows with its text
 */
export function Field({ label, help, error, multiline = false, ...rest }) {
  const id = useId()
  const Input = /** @type {any} */ (multiline ? 'textarea' : 'input')
  const described = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <Input
        {...rest}
        id={id}
        aria-describedby={described || undefined}
        aria-invalid={error ? true : undefined}
      />
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
