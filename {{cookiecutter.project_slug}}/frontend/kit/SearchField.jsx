import { useEffect, useId, useRef, useState } from '@portal/sdk'
import { Icon } from './Icon.jsx'

const DEBOUNCE = 250 // milliseconds
const LONGEST = 100 // characters, as in core/api/search.py

/**
 * A search field. It reports what is typed after a pause. When `value` changes meanwhile, as by the back button, `value` wins.
 *
 *     const [query, setQuery] = useSearchParams()
 *     const search = query.get('search') ?? ''
 *     const { items } = useList('/api/library/', { query: { search }, keep: true })
 *     <SearchField label={t`Title or author`} value={search} onChange={(text) => setQuery(text ? { search: text } : {}, { replace: true })} />
 * @param {{label: string, value: string, onChange: (search: string) => void}} props `label` names the field, and is in it while it is empty
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
