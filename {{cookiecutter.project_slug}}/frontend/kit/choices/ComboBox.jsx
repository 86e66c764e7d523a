import '../aria/index.js'
import './choices.css'
import {
  Button,
  ComboBox as AriaComboBox,
  FieldError,
  Input,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Text,
} from 'react-aria-components/ComboBox'
import { useState } from '@portal/sdk'
import { t } from '@portal/i18n'
import { Frame } from '../aria/Frame.jsx'
import { useOptions } from './useOptions.js'

/** @typedef {{value: string | number, label: string, detail?: string}} Option `detail` is a second line */

/**
 * A text field that offers choices while the person types.
 * @param {object} props
 * @param {import('react').ReactNode} props.label
 * @param {import('react').ReactNode} [props.help]
 * @param {string} [props.error]
 * @param {string} [props.name] of the form's field
 * @param {any} props.value the value of the chosen option, or null; with `free`, the text
 * @param {(value: any, option?: Option) => void} props.onChange
 * @param {Option[]} [props.options] all options; the ones that contain the text are offered. They may arrive later than the field
 * @param {(text: string, signal: AbortSignal) => Promise<Option[]>} [props.search] finds options in place of `options`, usually with `api()`.
 *   Define it outside of the component, or with `useCallback()`
 * @param {string} [props.chosen] the label of `value`, when it is not one of `options`
 * @param {boolean} [props.free] accepts any text; the options are proposals
 * @param {boolean} [props.required]
 * @param {string} [props.placeholder]
 */
export default function ComboBox({
  label,
  help,
  error,
  name,
  value,
  onChange,
  options,
  search,
  chosen,
  free = false,
  ...rest
}) {
  const labelOf = (one) => options?.find((option) => option.value === one)?.label
  const initial = free ? (value ?? '') : (chosen ?? labelOf(value) ?? '')
  const [text, setText] = useState(initial)
  const [picked, setPicked] = useState(initial)
  const [pickedKey, setPickedKey] = useState(/** @type {Option['value'] | null} */ (null)) // with `free`
  const [lastValue, setLastValue] = useState(value)
  const { items, state } = useOptions(options, search, text, picked)

  // The form has changed the value itself, for example to empty it.
  if (lastValue !== value) {
    setLastValue(value)
    const next = free ? (value ?? '') : value === null ? '' : (labelOf(value) ?? picked)
    setPicked(next)
    setText(next)
  } else if (!free && picked === '' && text === '' && labelOf(value)) {
    setPicked(labelOf(value)) // the options have arrived
    setText(labelOf(value))
  }

  function type(next) {
    setText(next)
    if (free) {
      setLastValue(next)
      setPicked('')
      setPickedKey(null)
      onChange(next)
    } else if (next === '' && value !== null) onChange(null)
  }

  function pick(key) {
    const option = items.find((one) => one.value === key)
    if (!option) return
    setPicked(option.label)
    setText(option.label)
    setPickedKey(key)
    const next = free ? option.label : option.value
    setLastValue(next)
    onChange(next, option)
  }

  return (
    <Frame>
      <AriaComboBox
        className="field combo-box"
        data-field={name}
        items={items}
        inputValue={text}
        onInputChange={type}
        selectedKey={free ? pickedKey : value}
        onSelectionChange={pick}
        onBlur={() => !free && text !== picked && setText(value === null ? '' : picked)}
        onKeyDown={(event) => event.key === 'Escape' && event.stopPropagation()}
        menuTrigger={search ? 'input' : 'focus'}
        allowsCustomValue
        allowsEmptyCollection={!free}
        isInvalid={Boolean(error)}
        isRequired={rest.required}
        validationBehavior="aria"
      >
        <Label>{label}</Label>
        <div className="aria-field">
          <Input placeholder={rest.placeholder} maxLength={200} autoComplete="off" />
          {!search && (
            <Button>
              <svg className="icon" viewBox="0 0 24 24" aria-hidden="true">
                <path d="m7 10 5 5 5-5" />
              </svg>
            </Button>
          )}
        </div>
        {help && (
          <Text slot="description" className="help">
            {help}
          </Text>
        )}
        <FieldError className="field-error">{error}</FieldError>
        <Popover className="aria-popover combo-box-popover" offset={4}>
          <ListBox className="combo-box-options" renderEmptyState={() => <Empty state={state} />}>
            {(option) => (
              <ListBoxItem id={option.value} textValue={option.label}>
                <Text slot="label">{option.label}</Text>
                {option.detail && (
                  <Text slot="description" className="help">
                    {option.detail}
                  </Text>
                )}
              </ListBoxItem>
            )}
          </ListBox>
        </Popover>
      </AriaComboBox>
    </Frame>
  )
}

/** @param {{state: string}} props */
function Empty({ state }) {
  const texts = {
    idle: t`Type to search.`,
    searching: t`Searching…`,
    found: t`Nothing found`,
    failed: t`The search did not work. Try again.`,
  }
  return <p className="help combo-box-empty">{texts[state]}</p>
}
