import { useId } from '@portal/sdk'

/**
 * A group of checkboxes, whose value is the list of the chosen names.
 * @param {{label: string, help?: string, name: string, options: import('./clients.js').Option[], value: string[] | null, error?: string,
 *   onChange: (value: string[]) => void}} props
 */
export function CheckList({ label, help, name, options, value, error, onChange }) {
  const id = useId()
  const chosen = value ?? []
  const described = [help && `${id}-help`, error && `${id}-error`].filter(Boolean).join(' ')
  const choose = (option, isChosen) =>
    onChange(isChosen ? [...chosen, option] : chosen.filter((one) => one !== option))
  return (
    <fieldset className="client-choices" data-field={name} aria-describedby={described || undefined}>
      <legend>{label}</legend>
      {help && (
        <p id={`${id}-help`} className="help">
          {help}
        </p>
      )}
      {options.map((option) => (
        <label key={option.name} className="client-choice">
          <input
            type="checkbox"
            checked={chosen.includes(option.name)}
            aria-invalid={error ? true : undefined}
            onChange={(event) => choose(option.name, event.target.checked)}
          />
          <span>{option.title}</span>
        </label>
      ))}
      {error && (
        <p id={`${id}-error`} className="field-error" role="alert">
          {error}
        </p>
      )}
    </fieldset>
  )
}
