import { api, i18n, useQuery, useSearchParams, useState } from '@portal/sdk'
import { Button, EmptyState, Icon, LinkButton, Page, SearchField } from '@portal/ui'
import { DataTable } from '@portal/ui/table'
import { Plural, Trans, t } from '@portal/i18n'
import { FilterSelect } from '../../SelectField.jsx'
import { useEntry } from '../../entries.js'
import { columns } from './columns.jsx'
import { EXPORT, MANAGE, ROLES } from './manage.js'
import { SelectionActions } from './SelectionActions.jsx'

const FILTERS = ['search', 'role', 'state', 'sort', 'page']

export function PeopleList() {
  const [query, setQuery] = useSearchParams()
  const filter = Object.fromEntries(FILTERS.map((name) => [name, query.get(name) ?? '']))
  const [selected, setSelected] = useState([])

  // What is selected is always what is shown.
  function changeFilter(change) {
    const fields = Object.entries({ ...filter, page: '', ...change }).filter(([, value]) => value)
    setSelected([])
    setQuery(new URLSearchParams(fields), { replace: true })
  }

  const path = MANAGE + (query.size ? `?${query}` : '')
  const { data, error, refetch, isPlaceholderData } = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => api(path, { signal }),
    placeholderData: (/** @type {any} */ before) => before,
  })
  const people = data?.results
  const sort = filter.sort || 'name'

  return (
    <Page
      title={t`Manage people`}
      breadcrumbs={[]}
      lead={data ? <Totals {...data.totals} /> : '\u00a0'} // keeps its place while the list loads
      actions={<PageActions />}
    >
      <form
        role="search"
        aria-label={t`People`}
        className="people-filters"
        onSubmit={(event) => event.preventDefault()}
      >
        <SearchField
          label={t`Name, username or email`}
          value={filter.search}
          onChange={(search) => changeFilter({ search })}
        />
        <RoleFilter value={filter.role} onChange={(role) => changeFilter({ role })} />
        <FilterSelect
          label={t`State`}
          name="state"
          value={filter.state}
          onChange={(state) => changeFilter({ state })}
          options={[
            { value: '', label: t`Active and deactivated` },
            { value: 'active', label: t`Active` },
            { value: 'deactivated', label: t`Deactivated` },
            { value: 'ending', label: t`A role ends within 30 days` },
          ]}
        />
      </form>
      <p role="status" className="visually-hidden">
        {data && !isPlaceholderData && <Found number={data.count} />}
      </p>
      <div className="manage-table" aria-busy={isPlaceholderData || undefined}>
        <DataTable
          caption={t`People`}
          columns={columns()}
          rows={people}
          sort={sort}
          onSort={(wanted) => changeFilter({ sort: wanted })}
          selection={{
            selected,
            onChange: setSelected,
            label: ({ display_name: name }) => name,
            actions: (
              <SelectionActions
                people={(people ?? []).filter(({ id }) => selected.includes(id))}
                onDone={() => setSelected([])}
              />
            ),
          }}
          empty={<NoOne filter={filter} onChange={changeFilter} />}
          cursor={{ error, retry: refetch }}
        />
        {data && <Pager {...data} onChange={(page) => changeFilter({ page: String(page) })} />}
      </div>
    </Page>
  )
}

/** @param {{number: number}} props */
function Found({ number }) {
  return <Plural value={number} one="# person" other="# people" />
}

/** @param {{active: number, deactivated: number}} props */
function Totals({ active, deactivated }) {
  return (
    <Trans>
      {i18n.number(active)} active, {i18n.number(deactivated)} deactivated
    </Trans>
  )
}

function PageActions() {
  return (
    <>
      <LinkButton to="import">
        <Icon name="up" />
        {t`Import CSV`}
      </LinkButton>
      <a className="button" href={EXPORT} download>
        <Icon name="save" />
        {t`Export`}
      </a>
      <LinkButton to="new" kind="primary">
        <Icon name="plus" />
        {t`New person`}
      </LinkButton>
    </>
  )
}

/** @param {{value: string, onChange: (role: string) => void}} props */
function RoleFilter(props) {
  const { data = [] } = useEntry(ROLES)
  const roles = data.map(({ name, title }) => ({ value: name, label: title }))
  return (
    <FilterSelect
      {...props}
      label={t`Role`}
      name="role"
      options={[{ value: '', label: t`Any role` }, ...roles, { value: '-', label: t`No role` }]}
    />
  )
}

/** @param {{filter: Record<string, string>, onChange: (change: object) => void}} props */
function NoOne({ filter: { search, role, state }, onChange }) {
  return (
    <EmptyState icon="search" title={t`Nobody matches all of this`}>
      <div className="row">
        {search && <Button onClick={() => onChange({ search: '' })}>{t`Search without “${search}”`}</Button>}
        {role && <Button onClick={() => onChange({ role: '' })}>{t`In any role`}</Button>}
        {state && <Button onClick={() => onChange({ state: '' })}>{t`Active and deactivated`}</Button>}
      </div>
    </EmptyState>
  )
}

/**
 * Which rows are shown, and the way to the others.
 * @param {{count: number, page: number, page_size: number, results: any[], onChange: (page: number) => void}} props
 */
export function Pager({ count, page, page_size: size, results, onChange }) {
  if (count === 0) return null
  const first = (page - 1) * size + 1
  const last = first + results.length - 1
  return (
    <nav className="people-more manage-pager" aria-label={t`Pages`}>
      <span>
        <Trans>
          {i18n.number(first)} to {i18n.number(last)} of {i18n.number(count)}
        </Trans>
      </span>
      {count > size && (
        <span className="row">
          <Button disabled={page === 1} onClick={() => onChange(page - 1)}>
            <Icon name="left" />
            {t`Back`}
          </Button>
          <Button disabled={last >= count} onClick={() => onChange(page + 1)}>{t`Next`}</Button>
        </span>
      )}
    </nav>
  )
}
