import { useId } from '@portal/sdk'

/**
 * A labelled input. `error` is shown below and announced; `multiline` makes it grow with its text.
 * @param {{label: import('react').ReactNode, help?: import('react').ReactNode, error?: string, multiline?: boolean}
 *   & Omit<import('react').ComponentProps<'input'> & import('react').ComponentProps<'textarea'>, 'ref'>} props
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
