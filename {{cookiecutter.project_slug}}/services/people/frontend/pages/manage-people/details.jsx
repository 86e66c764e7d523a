import { Field } from '@portal/ui'
import { ComboBox } from '@portal/ui/choices'
import { t } from '@portal/i18n'
import { SelectField } from '../../SelectField.jsx'
import { DEPARTMENTS, useEntry } from '../../entries.js'

// The details of a role are described by a JSON Schema of portal.yaml. In a form, the field of a detail is called `details.<name>`, and
// its value is text.

const PREFIX = 'details.'
const DEPARTMENT = 'department' // the detail by which the directory can be filtered

/** The names of the details that a schema lists. @param {any} schema */
export const detailNames = (schema) => Object.keys(schema?.properties ?? {})

/** @param {any} schema @param {string} name */
function typeOf(schema, name) {
  const { type, enum: values } = schema.properties[name] ?? {}
  if (values) return 'choice'
  if (Array.isArray(type)) return 'json'
  return { string: 'text', integer: 'number', number: 'number', boolean: 'boolean' }[type] ?? 'json'
}

/**
 * The field of one detail: a choice, a number, yes or no, a text, or JSON for what has no field of its own. For a department, it proposes
 * those that the directory has.
 * @param {{form: any, name: string, schema: any}} props
 */
export function DetailField({ form, name, schema }) {
  const {
    title = name,
    description,
    maxLength,
    enum: choices,
    minimum,
    maximum,
  } = schema.properties[name] ?? {}
  const type = typeOf(schema, name)
  const field = form.field(PREFIX + name)
  const shared = {
    label: title,
    help: description,
    required: (schema.required ?? []).includes(name),
    ...field,
  }
  if (type === 'choice' || type === 'boolean') {
    const options = type === 'boolean' ? [true, false] : choices
    const labels = type === 'boolean' ? [t`Yes`, t`No`] : choices.map(String)
    return (
      <SelectField
        {...shared}
        options={[
          { value: '', label: '–' },
          ...options.map((value, index) => ({ value: JSON.stringify(value), label: labels[index] })),
        ]}
      />
    )
  }
  if (type === 'number') return <Field {...shared} type="number" step="any" min={minimum} max={maximum} />
  if (type === 'text' && name === DEPARTMENT)
    return <Department {...shared} {...form.control(PREFIX + name)} />
  if (type === 'json') return <Field {...shared} multiline help={description ?? t`As JSON`} />
  return <Field {...shared} maxLength={maxLength} />
}

function Department(props) {
  const { data = [] } = useEntry(DEPARTMENTS)
  return <ComboBox {...props} free options={data.map(({ value }) => ({ value, label: value }))} />
}

/**
 * Collect the details from the values of a form. Empty fields are left out.
 * @param {any} schema
 * @param {Record<string, string>} values
 */
export function readDetails(schema, values) {
  const details = {}
  for (const name of detailNames(schema)) {
    const text = (values[PREFIX + name] ?? '').trim()
    if (text) details[name] = typeOf(schema, name) === 'text' ? text : parse(text)
  }
  return details
}

/**
 * The values of a form for the details of an existing role.
 * @param {any} schema
 * @param {Record<string, any>} details
 */
export function writeDetails(schema, details) {
  const texts = {}
  for (const name of detailNames(schema)) {
    const value = details[name]
    texts[PREFIX + name] =
      value === undefined ? '' : typeOf(schema, name) === 'text' ? String(value) : JSON.stringify(value)
  }
  return texts
}

/** Text that is no JSON is sent as it is: the API then says what is wrong with it. */
function parse(text) {
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}
