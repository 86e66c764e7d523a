import { FormControl } from '@portal/ui'

/**
 * A labelled select.
 * @param {{label: string, help?: string, options: {value: string, label: string}[]} & import('react').ComponentProps<'select'>} props
 */
export function SelectField({ label, help, options, ...rest }) {
  return (
    <FormControl label={label} help={help}>
      {(attributes) => (
        <select {...rest} {...attributes}>
          {options.map(({ value, label: text }) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    </FormControl>
  )
}
