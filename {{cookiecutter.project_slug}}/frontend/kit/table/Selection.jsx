import { useEffect, useRef } from '@portal/sdk'
import { plural, t } from '@portal/i18n'
import { Button } from '../Button.jsx'

/** What to do with the selected rows: above the table, below the portal's header while the table scrolls. */
export function SelectionBar({ selection: { selected, onChange, actions } }) {
  const count = selected.length
  const text = count > 0 && plural(count, { one: '# selected', other: '# selected' })
  return (
    <>
      <span role="status" className="visually-hidden">
        {text}
      </span>
      {count > 0 && (
        <div className="selection-bar">
          <strong aria-hidden="true">{text}</strong>
          {actions}
          <Button kind="quiet" onClick={() => onChange([])}>{t`Clear the selection`}</Button>
        </div>
      )}
    </>
  )
}

/** The box that selects all rows of the table. */
export function SelectAll({ selection: { selected, onChange }, keys }) {
  /** @type {import('react').RefObject<HTMLInputElement | null>} */
  const box = useRef(null)
  const chosen = keys.filter((key) => selected.includes(key)).length
  const isAll = keys.length > 0 && chosen === keys.length
  useEffect(() => {
    box.current.indeterminate = chosen > 0 && !isAll
  }, [chosen, isAll])
  return (
    <label>
      <input ref={box} type="checkbox" checked={isAll} onChange={() => onChange(isAll ? [] : keys)} />
      <span className="visually-hidden">{t`Select all`}</span>
    </label>
  )
}

/** The box that selects one row. */
export function SelectRow({ selection: { selected, onChange, label }, row, id }) {
  const isSelected = selected.includes(id)
  const toggle = () => onChange(isSelected ? selected.filter((other) => other !== id) : [...selected, id])
  const name = label(row)
  return (
    <label>
      <input type="checkbox" checked={isSelected} onChange={toggle} />
      <span className="visually-hidden">{t`Select ${name}`}</span>
    </label>
  )
}
