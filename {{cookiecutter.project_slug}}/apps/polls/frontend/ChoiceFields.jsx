import { useEffect, useRef } from '@portal/sdk'
import { Button, Field, Icon } from '@portal/ui'
import { t } from '@portal/i18n'

const FEWEST = 2
const MOST = 10

/**
 * The choices of a new poll: add, remove and move them. The keyboard focus follows what the reader does.
 * @param {{choices: string[], errorOf: (name: string) => string | undefined, onChange: (choices: string[]) => void}} props
 */
export function ChoiceFields({ choices, errorOf, onChange }) {
  /** @type {import('react').RefObject<HTMLFieldSetElement | null>} */
  const fieldset = useRef(null)
  const nextFocus = useRef('') // a CSS selector

  useEffect(() => {
    if (!nextFocus.current) return
    const next = fieldset.current.querySelector(nextFocus.current)
    if (next instanceof HTMLElement) next.focus()
    nextFocus.current = ''
  }, [choices])

  function change(changed, number, focused = 'input') {
    nextFocus.current = `[data-choice="${number}"] ${focused}`
    onChange(changed)
  }

  /** Exchange a choice with the one `by` places further. The focus stays on its button, or on the other one at an end. */
  function move(number, by) {
    const changed = [...choices]
    const target = number + by
    changed[number] = choices[target]
    changed[target] = choices[number]
    const end = by < 0 ? 0 : choices.length - 1
    const direction = by < 0 === (target !== end) ? 'up' : 'down'
    change(changed, target, `[data-move=${direction}]`)
  }

  function remove(number) {
    change(
      choices.filter((_, i) => i !== number),
      Math.max(number - 1, 0),
    )
  }

  return (
    <fieldset ref={fieldset} className="poll-fields">
      <legend>{t`Choices`}</legend>
      {choices.map((text, number) => (
        <div className="poll-choice" key={number} data-choice={number}>
          <Field
            name={`choices.${number}`}
            label={t`Choice ${number + 1}`}
            value={text}
            required={number < FEWEST}
            maxLength={100}
            error={errorOf(`choices.${number}`)}
            onChange={(event) => onChange(choices.map((one, i) => (i === number ? event.target.value : one)))}
          />
          <div className="poll-choice-buttons">
            <MoveButton direction="up" number={number} isLast={number === 0} onMove={move} />
            <MoveButton
              direction="down"
              number={number}
              isLast={number === choices.length - 1}
              onMove={move}
            />
            {choices.length > FEWEST && (
              <button
                type="button"
                className="icon-button"
                aria-label={t`Remove choice ${number + 1}`}
                title={t`Remove choice ${number + 1}`}
                onClick={() => remove(number)}
              >
                <Icon name="trash" />
              </button>
            )}
          </div>
        </div>
      ))}
      {errorOf('choices') && (
        <p className="field-error" role="alert">
          {errorOf('choices')}
        </p>
      )}
      {choices.length < MOST && (
        <p>
          <Button onClick={() => change([...choices, ''], choices.length)}>
            <Icon name="plus" />
            {t`Add a choice`}
          </Button>
        </p>
      )}
    </fieldset>
  )
}

/** @param {{direction: 'up' | 'down', number: number, isLast: boolean, onMove: (number: number, by: number) => void}} props */
function MoveButton({ direction, number, isLast, onMove }) {
  const label = direction === 'up' ? t`Move choice ${number + 1} up` : t`Move choice ${number + 1} down`
  return (
    <button
      type="button"
      className="icon-button"
      data-move={direction}
      aria-label={label}
      title={label}
      disabled={isLast}
      onClick={() => onMove(number, direction === 'up' ? -1 : 1)}
    >
      <Icon name="down" />
    </button>
  )
}
