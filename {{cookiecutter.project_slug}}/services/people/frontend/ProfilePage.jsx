import { ApiError, Link, i18n, useApp, useLocation, useParams, usePortal } from '@portal/sdk'
import { Card, EmptyState, LinkButton, Page, Problem, Skeleton } from '@portal/ui'
import { Trans, t } from '@portal/i18n'
import { Avatar } from './Avatar.jsx'
import { LIST, useEntry } from './entries.js'

export function ProfilePage() {
  const { id } = useParams()
  return /^\d+$/.test(id) ? <Profile id={id} /> : <ProfileNotFound />
}

/** Shown for an unknown person, and for one who hides their entry: the portal does not reveal which. */
export function ProfileNotFound() {
  const { title } = useApp()
  return (
    <Page title={title} before={<BackLink />} narrow>
      <EmptyState icon="person" title={t`Profile not found`}>
        <p>{t`This person has no account any more, or doesn't show you their profile.`}</p>
      </EmptyState>
    </Page>
  )
}

/** @param {{id: string}} props */
function Profile({ id }) {
  const { title } = useApp()
  const { person } = usePortal()
  const { data: entry, error, refetch } = useEntry(`${LIST}${id}/`)
  if (error instanceof ApiError && error.status === 404) return <ProfileNotFound />
  return (
    <Page
      title={entry?.display_name ?? title}
      before={<BackLink />}
      actions={entry && entry.id === person?.id && <LinkButton to="/people/me">{t`Privacy`}</LinkButton>}
      narrow
    >
      {entry ? (
        <ProfileCards entry={entry} />
      ) : error ? (
        <Problem error={error} onRetry={refetch} />
      ) : (
        <Skeleton />
      )}
    </Page>
  )
}

/** A link to the list, with the search that led to this page. */
function BackLink() {
  const { state } = useLocation()
  return <Link to={{ pathname: '/people', search: state?.search ?? '' }}>{t`All people`}</Link>
}

/** @param {{entry: import('./entries.js').Entry}} props */
function ProfileCards({ entry }) {
  return (
    <>
      <Card className="profile">
        <Avatar entry={entry} />
        <dl className="profile-details">
          <div>
            <dt>{t`Username`}</dt>
            <dd>{entry.username}</dd>
          </div>
          {entry.email && (
            <div>
              <dt>{t`Email`}</dt>
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
            <p className="help">
              <Trans>Since {formatDate(role.since)}</Trans>
            </p>
          </div>
          {role.details.length > 0 && (
            <dl className="profile-details">
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
 * Format a date. A date has no time zone, so it must not be converted to the reader's.
 * @param {string} date such as 2026-11-24
 */
function formatDate(date) {
  return i18n.date(new Date(`${date}T00:00:00Z`), { dateStyle: 'long', timeZone: 'UTC' })
}
