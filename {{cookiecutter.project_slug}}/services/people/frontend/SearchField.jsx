import { useEffect, useId, useRef, useState } from '@portal/sdk'
import { Icon } from '@portal/ui'

const DEBOUNCE = 250 // milliseconds
const LONGEST = 100 // characters

/**
 * A search field. It reports what is typed after a pause. When `value` changes meanwhile, as by the back button, `value` wins.
 * @param {{label: string, value: string, onChange: (search: string) => void}} props
 */
export function SearchField({ label, value, onChange }) {
  const id = useId()
  const [typed, setTyped] = useState(value)
  const reported = useRef(value)
  const report = useRef(onChange)
  useEffect(() => {
    report.current = onChange
  })

  useEffect(() => {
    if (value !== reported.current) setTyped((reported.current = value))
  }, [value])

  useEffect(() => {
    const search = typed.trim()
    if (search === reported.current) return undefined
    const timer = setTimeout(() => report.current((reported.current = search)), DEBOUNCE)
    return () => clearTimeout(timer)
  }, [typed])

  return (
    <label className="find" htmlFor={id}>
      <Icon name="search" />
      <span className="visually-hidden">{label}</span>
      <input
        id={id}
        type="search"
        name="search"
        placeholder={label}
        autoComplete="off"
        maxLength={LONGEST}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
      />
    </label>
  )
}
