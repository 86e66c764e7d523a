import { FormControl } from './FormControl.jsx'

/**
 * A text field with its label. It takes the properties of `<input>`, or of `<textarea>` with `multiline`.
 * @param {{label: import('react').ReactNode, help?: import('react').ReactNode, error?: string, multiline?: boolean}
 *   & Omit<import('react').ComponentProps<'input'> & import('react').ComponentProps<'textarea'>, 'ref'>} props
 *   `help` is shown below the field; `error` too, and screen readers announce it; a `multiline` field grows with its text
 */
export function Field({ label, help, error, multiline = false, ...rest }) {
  const Input = /** @type {any} */ (multiline ? 'textarea' : 'input')
  return (
    <FormControl label={label} help={help} error={error}>
      {(attributes) => <Input {...rest} {...attributes} />}
    </FormControl>
  )
}
