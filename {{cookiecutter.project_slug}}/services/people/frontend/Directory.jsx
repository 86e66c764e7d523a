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
import { Avatar } from './Avatar.jsx'
import { LIST, ROLES, useEntry } from './entries.js'
import { SelectField } from './SelectField.jsx'

const DEBOUNCE = 250 // milliseconds
const LONGEST = 100 // characters

export function Directory() {
  const { title, description } = useApp()
  const { person } = usePortal()
  const [query, setQuery] = useSearchParams()
  const filter = { search: query.get('search') ?? '', role: query.get('role') ?? '' }

  // Replaces the history entry: the back button leads to the page before the directory, and from a profile back to the search.
  function changeFilter(change) {
    const fields = Object.entries({ ...filter, ...change }).filter(([, value]) => value)
    setQuery(new URLSearchParams(fields), { replace: true })
  }

  return (
    <Page title={title} lead={description} actions={person && <LinkButton to="me">{t`Privacy`}</LinkButton>}>
      <form role="search" className="people-search" onSubmit={(event) => event.preventDefault()}>
        <SearchField value={filter.search} onChange={(search) => changeFilter({ search })} />
        <RoleField value={filter.role} onChange={(role) => changeFilter({ role })} />
      </form>
      <Results path={LIST + queryString(filter)} filtered={Boolean(filter.search || filter.role)} />
    </Page>
  )
}

/** @param {{search: string, role: string}} filter */
function queryString({ search, role }) {
  const query = new URLSearchParams()
  if (search) query.set('search', search)
  if (role) query.set('role', role)
  return query.size ? `?${query}` : ''
}

/**
 * The search field. It reports what is typed after a pause. When `value` changes meanwhile, as by the back button, `value` wins.
 * @param {{value: string, onChange: (search: string) => void}} props
 */
function SearchField({ value, onChange }) {
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
    <Field
      label={t`Name, department or email`}
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
function RoleField({ value, onChange }) {
  const { data = [] } = useEntry(ROLES)
  const roles = data.map(({ name, title }) => ({ value: name, label: title }))
  if (value && !roles.some((role) => role.value === value)) roles.push({ value, label: value })
  return (
    <SelectField
      label={t`Role`}
      name="role"
      options={[{ value: '', label: t`Any role` }, ...roles]}
      value={value}
      onChange={(event) => onChange(event.target.value)}
    />
  )
}

/** @param {{path: string, filtered: boolean}} props */
function Results({ path, filtered }) {
  const { items, error, retry, fetchMore, isFetchingMore, isPrevious } = useList(path, {
    keepPrevious: true,
  })
  const { list, showMore } = useFocusOnNewItems(items?.length ?? 0, fetchMore)
  return (
    <>
      <p role="status" className="help">
        {items && !isPrevious && (
          <Count number={items.length} more={Boolean(fetchMore)} filtered={filtered} />
        )}
      </p>
      {error ? (
        <SearchProblem error={error} retry={retry} />
      ) : !items ? (
        <Skeleton shape="card" />
      ) : items.length === 0 ? (
        <EmptyState icon="search" title={t`No one found`}>
          <p>
            {filtered
              ? t`Check the spelling. Some people don't show their profile or their roles.`
              : t`No one shows their profile yet.`}
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
          <Button busy={isFetchingMore} onClick={showMore}>{t`Show more`}</Button>
        </p>
      )}
    </>
  )
}

/**
 * Move the focus to the first new item after `showMore()`, because the button that had it may disappear.
 * @param {number} length of the list
 * @param {(() => void) | null} fetchMore
 */
function useFocusOnNewItems(length, fetchMore) {
  /** @type {import('react').RefObject<HTMLUListElement | null>} */
  const list = useRef(null)
  const before = useRef(0)
  useEffect(() => {
    if (before.current && length > before.current)
      list.current?.children[before.current].querySelector('a').focus()
    before.current = 0
  }, [length])

  function showMore() {
    before.current = length
    fetchMore()
  }
  return { list, showMore }
}

/** @param {{number: number, more: boolean, filtered: boolean}} props */
function Count({ number, more, filtered }) {
  if (number === 0) return filtered ? t`No one found.` : null
  if (more && filtered) return <Plural value={number} one="The best match" other="The # best matches" />
  if (more) return <Plural value={number} one="The first person" other="The first # people" />
  return <Plural value={number} one="# person" other="# people" />
}

/** @param {{error: any, retry: () => void}} props */
function SearchProblem({ error, retry }) {
  const errors = (error instanceof ApiError && error.problem.errors) || []
  if (errors.length === 0) return <Problem error={error} onRetry={retry} />
  return <Notice kind="error">{errors.map(({ message }) => message).join(' ')}</Notice>
}

/** @param {{entry: import('./entries.js').Entry}} props */
function EntryLink({ entry }) {
  const [query] = useSearchParams()
  const roles = entry.roles.map(({ title, details }) =>
    [title, ...details.map(({ value }) => value)].join(', '),
  )
  const description = entry.username === entry.display_name ? roles : [entry.username, ...roles]
  return (
    <Link className="card app-card" to={String(entry.id)} state={{ search: query.toString() }}>
      <Avatar entry={entry} />
      <span className="app-card-text">
        <span className="app-card-title">{entry.display_name}</span>{' '}
        <span className="app-card-description">{description.join(' · ')}</span>
      </span>
    </Link>
  )
}
