import {
  ApiError,
  Link,
  useApp,
  useEffect,
  useList,
  usePortal,
  useRef,
  useSearchParams,
  useState,
} from '@portal/sdk'
import { Button, EmptyState, Field, LinkButton, Notice, Page, Problem, Skeleton } from '@portal/ui'
import { Plural, t } from '@portal/i18n'
import { Choice } from './Choice.jsx'
import { LIST, ROLES, useEntry } from './entries.js'
import { Avatar } from './Avatar.jsx'

const PAUSE = 250 // milliseconds without a key, after which is searched
const LONGEST = 100 // letters

export function Directory() {
  const { title, description } = useApp()
  const { person } = usePortal()
  const [query, setQuery] = useSearchParams()
  const wanted = { search: query.get('search') ?? '', role: query.get('role') ?? '' }

  // Without a new step for the back button: it leads to the page before, and back from a person to what was searched.
  function want(change) {
    const fields = Object.entries({ ...wanted, ...change }).filter(([, value]) => value)
    setQuery(new URLSearchParams(fields), { replace: true })
  }

  return (
    <Page
      title={title}
      lead={description}
      actions={person && <LinkButton to="me">{t`What you show`}</LinkButton>}
    >
      <form role="search" className="people-search" onSubmit={(event) => event.preventDefault()}>
        <Words value={wanted.search} onChange={(search) => want({ search })} />
        <RoleChoice value={wanted.role} onChange={(role) => want({ role })} />
      </form>
      <Found path={LIST + addressQuery(wanted)} searched={Boolean(wanted.search || wanted.role)} />
    </Page>
  )
}

/** @param {{search: string, role: string}} wanted */
function addressQuery({ search, role }) {
  const query = new URLSearchParams()
  if (search) query.set('search', search)
  if (role) query.set('role', role)
  return query.size ? `?${query}` : ''
}

/**
 * The field to type in. What it holds is told after a pause; what the address says meanwhile, by the back button, wins.
 * @param {{value: string, onChange: (words: string) => void}} props
 */
function Words({ value, onChange }) {
  const [typed, setTyped] = useState(value)
  const told = useRef(value)
  const tell = useRef(onChange)
  useEffect(() => {
    tell.current = onChange
  })

  useEffect(() => {
    if (value !== told.current) setTyped((told.current = value))
  }, [value])

  useEffect(() => {
    const words = typed.trim()
    if (words === told.current) return undefined
    const timer = setTimeout(() => tell.current((told.current = words)), PAUSE)
    return () => clearTimeout(timer)
  }, [typed])

  return (
    <Field
      label={t`Name, department or e-mail`}
      type="search"
      name="search"
      autoComplete="off"
      maxLength={LONGEST}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
    />
  )
}

/** @param {{value: string, onChange: (role: string) => void}} props */
function RoleChoice({ value, onChange }) {
  const { data = [] } = useEntry(ROLES)
  const roles = data.map(({ name, title }) => ({ value: name, label: title }))
  if (value && !roles.some((role) => role.value === value)) roles.push({ value, label: value })
  return (
    <Choice
      label={t`Role`}
      name="role"
      options={[{ value: '', label: t`Any role` }, ...roles]}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}

/** @param {{path: string, searched: boolean}} props */
function Found({ path, searched }) {
  const { items, error, retry, fetchMore, isFetchingMore, isPrevious } = useList(path, {
    keepPrevious: true,
  })
  const { list, grow } = useGrowing(items?.length ?? 0, fetchMore)
  return (
    <>
      <p role="status" className="hint">
        {items && !isPrevious && (
          <Count number={items.length} more={Boolean(fetchMore)} searched={searched} />
        )}
      </p>
      {error ? (
        <Refused error={error} retry={retry} />
      ) : !items ? (
        <Skeleton shape="card" />
      ) : items.length === 0 ? (
        <EmptyState icon="search" title={t`Nobody was found`}>
          <p>
            {searched
              ? t`Is the name spelt as they spell it? People are found only where they show themselves.`
              : t`Nobody shows their entry so far.`}
          </p>
        </EmptyState>
      ) : (
        <ul ref={list} role="list" className="cards people" aria-busy={isPrevious || undefined}>
          {items.map((entry) => (
            <li key={entry.id}>
              <EntryLink entry={entry} />
            </li>
          ))}
        </ul>
      )}
      {fetchMore && !error && (
        <p>
          <Button busy={isFetchingMore} onClick={grow}>{t`Show more`}</Button>
        </p>
      )}
    </>
  )
}

/**
 * A list that grows. After `grow()`, the first new member gets the focus: the button that was pressed may be gone then.
 * @param {number} number
 * @param {(() => void) | null} more
 */
function useGrowing(number, more) {
  /** @type {import('react').RefObject<HTMLUListElement | null>} */
  const list = useRef(null)
  const before = useRef(0)
  useEffect(() => {
    if (before.current && number > before.current)
      list.current?.children[before.current].querySelector('a').focus()
    before.current = 0
  }, [number])

  function grow() {
    before.current = number
    more()
  }
  return { list, grow }
}

/** @param {{number: number, more: boolean, searched: boolean}} props */
function Count({ number, more, searched }) {
  if (number === 0) return searched ? t`Nobody was found.` : null
  if (more && searched) return t`The first ${number} people, the best matches before others`
  if (more) return t`The first ${number} people`
  return <Plural value={number} one="# person" other="# people" />
}

/** @param {{error: any, retry: () => void}} props */
function Refused({ error, retry }) {
  const errors = (error instanceof ApiError && error.problem.errors) || []
  if (errors.length === 0) return <Problem error={error} onRetry={retry} />
  return <Notice kind="bad">{errors.map(({ message }) => message).join(' ')}</Notice>
}

/** @param {{entry: import('./entries.js').Entry}} props */
function EntryLink({ entry }) {
  const [query] = useSearchParams()
  const roles = entry.roles.map(({ title, details }) =>
    [title, ...details.map(({ value }) => value)].join(', '),
  )
  const known = entry.username === entry.display_name ? roles : [entry.username, ...roles]
  return (
    <Link className="card app-card" to={String(entry.id)} state={{ searched: query.toString() }}>
      <Avatar entry={entry} />
      <span className="app-card-words">
        <span className="app-card-title">{entry.display_name}</span>{' '}
        <span className="app-card-description">{known.join(' · ')}</span>
      </span>
    </Link>
  )
}
