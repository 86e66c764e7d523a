import { ApiError, Link, i18n, useApp, useLocation, useParams, usePortal } from '@portal/sdk'
import { Card, EmptyState, LinkButton, Page, Problem, Skeleton } from '@portal/ui'
import { Trans, t } from '@portal/i18n'
import { LIST, useEntry } from './entries.js'
import { Avatar } from './Avatar.jsx'

export function PersonPage() {
  const { id } = useParams()
  return /^\d+$/.test(id) ? <EntryPage id={id} /> : <Nobody />
}

/** Where nobody is, or nobody who shows their entry: the portal does not tell which. */
export function Nobody() {
  const { title } = useApp()
  return (
    <Page title={title} before={<Back />} narrow>
      <EmptyState icon="person" title={t`There is nobody here`}>
        <p>{t`They are not in the portal any more, or do not show their entry to you.`}</p>
      </EmptyState>
    </Page>
  )
}

/** @param {{id: string}} props */
function EntryPage({ id }) {
  const { title } = useApp()
  const { person } = usePortal()
  const { data: entry, error, refetch } = useEntry(`${LIST}${id}/`)
  if (error instanceof ApiError && error.status === 404) return <Nobody />
  return (
    <Page
      title={entry?.display_name ?? title}
      before={<Back />}
      actions={
        entry && entry.id === person?.id && <LinkButton to="/people/me">{t`What you show`}</LinkButton>
      }
      narrow
    >
      {entry ? (
        <EntryCard entry={entry} />
      ) : error ? (
        <Problem error={error} onRetry={refetch} />
      ) : (
        <Skeleton />
      )}
    </Page>
  )
}

/** To the list, with what was searched when somebody came from there. */
function Back() {
  const { state } = useLocation()
  return <Link to={{ pathname: '/people', search: state?.searched ?? '' }}>{t`All people`}</Link>
}

/** @param {{entry: import('./entries.js').Entry}} props */
function EntryCard({ entry }) {
  return (
    <>
      <Card className="entry">
        <Avatar entry={entry} />
        <dl className="facts">
          <div>
            <dt>{t`Sign-in name`}</dt>
            <dd>{entry.username}</dd>
          </div>
          {entry.email && (
            <div>
              <dt>{t`E-mail`}</dt>
              <dd>
                <a href={`mailto:${encodeURIComponent(entry.email)}`}>{entry.email}</a>
              </dd>
            </div>
          )}
        </dl>
      </Card>
      {entry.roles.map((role) => (
        <Card key={role.name} className="stack">
          <div>
            <h2>{role.title}</h2>
            <p className="hint">
              <Trans>Since {day(role.since)}</Trans>
            </p>
          </div>
          {role.details.length > 0 && (
            <dl className="facts">
              {role.details.map(({ name, title, value }) => (
                <div key={name}>
                  <dt>{title}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          )}
        </Card>
      ))}
    </>
  )
}

/**
 * A day as people write it; a day has no time zone to be moved to.
 * @param {string} date such as 2026-11-24
 */
function day(date) {
  return i18n.date(new Date(`${date}T00:00:00Z`), { dateStyle: 'long', timeZone: 'UTC' })
}
