import { useId } from '@portal/sdk'
import { FormControl } from '@portal/ui'
import { ComboBox } from '@portal/ui/choices'

const MANY = 15 // above this many options, one types to find one

/**
 * @typedef {{value: string, label: string}[]} Options
 * @typedef {import('react').ComponentProps<'select'>} SelectProps
 */

/**
 * A labelled select. With many options, it is a combobox.
 * @param {{label: string, help?: string, error?: string, options: Options} & SelectProps} props
 */
export function SelectField({ label, help, error, options, ...rest }) {
  if (options.length > MANY) {
    return (
      <ManyOptions
        label={label}
        help={help}
        error={error}
        name={rest.name}
        required={rest.required}
        options={options}
        value={rest.value}
        onChange={(value) => rest.onChange(/** @type {any} */ ({ target: { value } }))}
      />
    )
  }
  return (
    <FormControl label={label} help={help} error={error}>
      {(attributes) => (
        <select {...rest} {...attributes}>
          <SelectOptions options={options} />
        </select>
      )}
    </FormControl>
  )
}

/**
 * A select of a filter, or a combobox when there are many options. Its first option says what it filters, so that the label is for screen
 * readers only.
 * @param {{label: string, options: Options, value: string, onChange: (value: string) => void, name?: string}} props
 */
export function FilterSelect({ label, options, value, onChange, name }) {
  const id = useId()
  const isKnown = options.some((option) => option.value === value)
  if (options.length > MANY) {
    const chosen = isKnown ? undefined : value
    return <ManyOptions {...{ label, name, options, value, chosen, onChange }} />
  }
  return (
    <div className="field">
      <label htmlFor={id} className="visually-hidden">
        {label}
      </label>
      <select id={id} name={name} value={value} onChange={(event) => onChange(event.target.value)}>
        <SelectOptions options={isKnown ? options : [...options, { value, label: value }]} />
      </select>
    </div>
  )
}

/**
 * A combobox in place of a select. The option that stands for no choice becomes its placeholder.
 * @param {{options: Options, value: any, onChange: (value: string) => void} & Omit<import('react').ComponentProps<typeof ComboBox>,
 *   'options' | 'value' | 'onChange' | 'placeholder'>} props
 */
function ManyOptions({ options, value, onChange, ...rest }) {
  return (
    <ComboBox
      {...rest}
      placeholder={options.find((option) => !option.value)?.label}
      options={options.filter((option) => option.value)}
      value={value || null}
      onChange={(next) => onChange(next ?? '')}
    />
  )
}

/** @param {{options: Options}} props */
function SelectOptions({ options }) {
  return options.map(({ value, label }) => (
    <option key={value} value={value}>
      {label}
    </option>
  ))
}
