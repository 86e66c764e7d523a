import { useId } from '@portal/sdk'

/**
 * A labelled select.
 * @param {{label: string, help?: string, options: {value: string, label: string}[]} & import('react').ComponentProps<'select'>} props
 */
export function SelectField({ label, help, options, ...rest }) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select {...rest} id={id} aria-describedby={help && `${id}-help`}>
        {options.map(({ value, label: text }) => (
          <option key={value} value={value}>
            {text}
          </option>
        ))}
      </select>
      {help && (
        <p id={`${id}-help`} className="help">
          {help}
        </p>
      )}
    </div>
  )
}
