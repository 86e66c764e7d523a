import { useId } from '@portal/sdk'

/**
 * A labelled choice of one among few.
 * @param {{label: string, help?: string, options: {value: string, label: string}[]} & import('react').ComponentProps<'select'>} props
 */
export function Choice({ label, help, options, ...rest }) {
  const id = useId()
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <select {...rest} id={id} aria-describedby={help && `${id}-help`}>
        {options.map(({ value, label: words }) => (
          <option key={value} value={value}>
            {words}
          </option>
        ))}
      </select>
      {help && (
        <p id={`${id}-help`} className="hint">
          {help}
        </p>
      )}
    </div>
  )
}
