import './form-control.css'
import { useId } from '@portal/sdk'

/**
 * The label, help and error around a form control, such as an input or a select.
 * @param {object} props
 * @param {import('react').ReactNode} props.label
 * @param {import('react').ReactNode} [props.help] shown below the control
 * @param {string} [props.error] shown below the control too, and screen readers announce it
 * @param {(attributes: {id: string, 'aria-describedby'?: string, 'aria-invalid'?: true}) => import('react').ReactNode}
 *   props.children render the control with these attributes
 */
export function FormControl({ label, help, error, children }) {
  const id = useId()
  const description = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(' ')
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        'aria-describedby': description || undefined,
        'aria-invalid': error ? true : undefined,
      })}
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
