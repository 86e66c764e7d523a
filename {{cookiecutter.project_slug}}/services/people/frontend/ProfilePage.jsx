import { ApiError, Link, i18n, useApp, useLocation, useParams, usePortal } from '@portal/sdk'
import {
  Avatar,
  Column,
  EmptyState,
  Icon,
  LinkButton,
  Page,
  Panel,
  Problem,
  Row,
  Rows,
  Skeleton,
  Split,
} from '@portal/ui'
import { t } from '@portal/i18n'
import { LIST, departmentOf, describeRoles, formatDate, mailto, useEntry } from './entries.js'
import { PeopleRows } from './PeopleRows.jsx'
import { shownToSentence } from './visibility.js'

const COLLEAGUES = 6

export function ProfilePage() {
  const { id } = useParams()
  return /^\d+$/.test(id) ? <Profile id={id} /> : <ProfileNotFound />
}

/** Shown for an unknown person, and for one who hides their entry: the portal does not reveal which. */
export function ProfileNotFound() {
  return (
    <Page title={t`Profile not found`} breadcrumbs={useBreadcrumbs()} narrow>
      <EmptyState icon="person" title={t`There is nobody to show here`}>
        <p>{t`This person has no account any more, or doesn't show you their profile.`}</p>
        <LinkButton to="/people">{t`All people`}</LinkButton>
      </EmptyState>
    </Page>
  )
}

/** The list, with the search that led to this page. */
function useBreadcrumbs() {
  const { title } = useApp()
  const { state } = useLocation()
  return [{ title, to: `/people${state?.search ? `?${state.search}` : ''}` }]
}

/** @param {{id: string}} props */
function Profile({ id }) {
  const breadcrumbs = useBreadcrumbs()
  const { data: entry, error, refetch } = useEntry(`${LIST}${id}/`)
  if (error instanceof ApiError && error.status === 404) return <ProfileNotFound />
  return (
    <Page
      title={entry?.display_name ?? t`Person`}
      breadcrumbs={breadcrumbs}
      lead={entry && describeRoles(entry.roles)}
      actions={entry && <Actions entry={entry} />}
    >
      {entry ? (
        <ProfileColumns entry={entry} />
      ) : error ? (
        <Problem error={error} onRetry={refetch} />
      ) : (
        <Skeleton shape="card" count={2} />
      )}
    </Page>
  )
}

/** @param {{entry: import('./entries.js').Profile}} props */
function Actions({ entry }) {
  const person = /** @type {any} */ (usePortal().person)
  return (
    <>
      {entry.id === person?.id && (
        <LinkButton to="/people/me">
          <Icon name="shield" />
          {t`Privacy`}
        </LinkButton>
      )}
      {person?.maintainer && (
        <LinkButton to={`/manage-people/${entry.id}`}>
          <Icon name="key" />
          {t`Manage`}
        </LinkButton>
      )}
    </>
  )
}

/** @param {{entry: import('./entries.js').Profile}} props */
function ProfileColumns({ entry }) {
  const department = departmentOf(entry.roles)
  return (
    <Split kind="start">
      <Column>
        <Contact entry={entry} />
      </Column>
      <Column>
        <Panel title={t`Roles`}>
          {entry.roles.length > 0 ? (
            <Rows>
              {entry.roles.map((role) => (
                <RoleRow key={role.name} role={role} />
              ))}
            </Rows>
          ) : (
            <p className="help">{t`No roles are shown to you.`}</p>
          )}
        </Panel>
        {department && <Colleagues department={department} id={entry.id} />}
      </Column>
    </Split>
  )
}

/** Who it is, and how to reach them. @param {{entry: import('./entries.js').Profile}} props */
function Contact({ entry }) {
  const isOwn = usePortal().person?.id === entry.id
  return (
    <Panel title={t`Contact`} footer={shownToSentence(entry, isOwn)}>
      <Avatar person={entry} size="large" />
      {entry.email ? (
        <>
          <div>
            <a className="button" data-kind="primary" href={mailto(entry.email)}>
              <Icon name="mail" />
              {t`Write an email`}
            </a>
          </div>
          <dl className="people-facts">
            <div>
              <dt>{t`Email`}</dt>
              <dd>
                <a href={mailto(entry.email)}>{entry.email}</a>
              </dd>
            </div>
          </dl>
        </>
      ) : (
        <p className="help">{t`No email address is shown to you.`}</p>
      )}
    </Panel>
  )
}

/** @param {{role: import('./entries.js').Role}} props */
function RoleRow({ role: { title, since, until, details } }) {
  const start = formatDate(since)
  return (
    <Row
      wrap
      tile={{ title }}
      title={title}
      detail={details.map(({ value }) => value).join(' · ')}
      end={<span>{until ? t`${start} to ${formatDate(until)}` : t`Since ${start}`}</span>}
    />
  )
}

/** Others of the same department. The page can do without them. @param {{department: string, id: number}} props */
function Colleagues({ department, id }) {
  const query = new URLSearchParams({ department })
  const { data } = useEntry(`${LIST}?${query}&page_size=${COLLEAGUES + 1}`)
  const others = data?.results.filter((entry) => entry.id !== id).slice(0, COLLEAGUES) ?? []
  if (others.length === 0) return null
  return (
    <Panel
      title={t`Also in ${department}`}
      action={
        <Link className="quiet-link" to={`/people?${query}`}>
          {t`All ${i18n.number(data.count)}`}
        </Link>
      }
    >
      <PeopleRows people={others} />
    </Panel>
  )
}
