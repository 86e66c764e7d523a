import { LinkButton, Icon, Page, SearchField } from '@portal/ui'
import { i18n, useApp, usePortal, useSearchParams } from '@portal/sdk'
import { t } from '@portal/i18n'
import { DEPARTMENTS, ROLES, useEntry } from './entries.js'
import { Results } from './Results.jsx'
import { FilterSelect } from './SelectField.jsx'

/** @typedef {{search: string, role: string, department: string}} Filter */

export function Directory() {
  const { title } = useApp()
  const { person } = usePortal()
  const [query, setQuery] = useSearchParams()
  const read = (name) => query.get(name) ?? ''
  const filter = { search: read('search'), role: read('role'), department: read('department') }

  // Replaces the history entry: the back button leads to the page before the directory, and from a profile back to the search.
  /** @param {Partial<Filter>} change */
  function changeFilter(change) {
    const fields = Object.entries({ ...filter, ...change }).filter(([, value]) => value)
    setQuery(new URLSearchParams(fields), { replace: true })
  }

  return (
    <Page
      title={title}
      breadcrumbs={[]}
      actions={
        person && (
          <LinkButton to="me">
            <Icon name="shield" />
            {t`Privacy`}
          </LinkButton>
        )
      }
    >
      <form
        role="search"
        aria-label={title}
        className="people-filters"
        onSubmit={(event) => event.preventDefault()}
      >
        <SearchField
          label={t`Name, department or email`}
          value={filter.search}
          onChange={(search) => changeFilter({ search })}
        />
        <RoleFilter value={filter.role} onChange={(role) => changeFilter({ role })} />
        <DepartmentFilter value={filter.department} onChange={(department) => changeFilter({ department })} />
      </form>
      <Results filter={filter} onChange={changeFilter} />
    </Page>
  )
}

/** @param {{value: string, onChange: (role: string) => void}} props */
function RoleFilter(props) {
  const { data = [] } = useEntry(ROLES)
  const roles = data.map(({ name, title }) => ({ value: name, label: title }))
  return (
    <FilterSelect
      {...props}
      name="role"
      label={t`Role`}
      options={[{ value: '', label: t`Any role` }, ...roles]}
    />
  )
}

/**
 * The filter by department. A portal whose roles have no departments has none.
 * @param {{value: string, onChange: (department: string) => void}} props
 */
function DepartmentFilter(props) {
  const { data = [], isPending } = useEntry(DEPARTMENTS)
  if (data.length === 0 && !isPending && !props.value) return null
  const departments = data.map(({ value, people }) => ({ value, label: `${value} (${i18n.number(people)})` }))
  return (
    <FilterSelect
      {...props}
      name="department"
      label={t`Department`}
      options={[{ value: '', label: t`Any department` }, ...departments]}
    />
  )
}
