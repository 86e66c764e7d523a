import { ApiError, i18n, useEffect, useList, useQueryClient, useRef, useSearchParams } from '@portal/sdk'
import { Button, EmptyState, Notice, Panel, Problem, Skeleton } from '@portal/ui'
import { Plural, Trans, t } from '@portal/i18n'
import { LIST } from './entries.js'
import { PeopleRows } from './PeopleRows.jsx'

const PAGE_SIZE = 36 // fills two, three or four columns

/** @typedef {import('./Directory.jsx').Filter} Filter */

/** @param {Filter} filter */
function pathOf(filter) {
  const query = new URLSearchParams(Object.entries(filter).filter(([, value]) => value))
  query.set('page_size', String(PAGE_SIZE))
  return `${LIST}?${query}`
}

/** The people who match, with their number first. @param {{filter: Filter, onChange: (change: Partial<Filter>) => void}} props */
export function Results({ filter, onChange }) {
  const path = pathOf(filter)
  const [query] = useSearchParams()
  const queries = useQueryClient()
  const { items, error, retry, fetchMore, isFetchingMore, isPrevious } = useList(path, {
    keep: true,
  })
  const { list, showMore } = useFocusOnNewItems(items?.length ?? 0, fetchMore)
  if (error && !items) return <SearchProblem error={error} retry={retry} />

  // The first page of the list says how many there are.
  const count = /** @type {any} */ (queries.getQueryData([path]))?.pages[0].count ?? items?.length
  const isKnown = items && !isPrevious
  return (
    <>
      <p role="status" className="visually-hidden">
        {isKnown && <Count number={count} />}
      </p>
      <Panel
        title={isKnown ? <Count number={count} /> : t`Searching…`}
        action={
          items?.length > 1 && (
            <span className="help">{filter.search ? t`Best matches first` : t`By name`}</span>
          )
        }
        footer={
          items?.length < count && (
            <div className="people-more">
              <span>
                <Trans>
                  The first {i18n.number(items.length)} of {i18n.number(count)}
                </Trans>
              </span>
              {error ? (
                <Problem error={error} onRetry={retry} />
              ) : (
                fetchMore && <Button busy={isFetchingMore} onClick={showMore}>{t`Show more`}</Button>
              )}
            </div>
          )
        }
      >
        {!items ? (
          <Skeleton shape="row" count={12} />
        ) : items.length === 0 ? (
          <NoOne filter={filter} onChange={onChange} />
        ) : (
          <PeopleRows
            ref={list}
            people={items}
            state={{ search: query.toString() }}
            aria-busy={isPrevious || undefined}
          />
        )}
      </Panel>
    </>
  )
}

/** @param {{number: number}} props */
function Count({ number }) {
  if (number === 0) return t`No one found`
  return <Plural value={number} one="# person" other="# people" />
}

/**
 * Nobody matches: what to drop.
 * @param {{filter: Filter, onChange: (change: Partial<Filter>) => void}} props
 */
function NoOne({ filter, onChange }) {
  const { search, role, department } = filter
  if (!search && !role && !department) {
    return (
      <EmptyState level="h3" icon="people" title={t`No one shows their profile yet`}>
        <p>{t`People appear here as soon as they have an account and show their profile.`}</p>
      </EmptyState>
    )
  }
  return (
    <EmptyState level="h3" icon="search" title={t`Nobody matches all of this`}>
      <p>{t`Check the spelling. Some people don't show their profile or their roles.`}</p>
      <div className="row">
        {search && <Button onClick={() => onChange({ search: '' })}>{t`Search without “${search}”`}</Button>}
        {role && <Button onClick={() => onChange({ role: '' })}>{t`In any role`}</Button>}
        {department && <Button onClick={() => onChange({ department: '' })}>{t`In any department`}</Button>}
      </div>
    </EmptyState>
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

/** @param {{error: any, retry: () => void}} props */
function SearchProblem({ error, retry }) {
  const errors = (error instanceof ApiError && error.problem.errors) || []
  if (errors.length === 0) return <Problem error={error} onRetry={retry} />
  return <Notice kind="error">{errors.map(({ message }) => message).join(' ')}</Notice>
}
