import { Link, useApp, useList } from '@portal/sdk'
import { Button, EmptyState, LinkButton, Notice, Page, Problem, Skeleton, Time } from '@portal/ui'
import { Trans, t } from '@portal/i18n'
import { LIST, useLiveLists, useOptions } from './requests.js'

/** What was announced to the reader, and for those who write announcements the way to them. */
export function AnnouncementList() {
  const { title, description } = useApp()
  const { data: options } = useOptions()
  useLiveLists()
  const { items, error, retry, fetchMore, isFetchingMore } = useList(LIST)
  const actions = options?.composing === 'allowed' && (
    <>
      <LinkButton to="all">{t`Scheduled and sent`}</LinkButton>
      <LinkButton kind="primary" to="new">{t`New announcement`}</LinkButton>
    </>
  )

  return (
    <Page title={title} lead={description} actions={actions || undefined}>
      {options && <Missing composing={options.composing} />}
      {items ? (
        items.length > 0 ? (
          <ul role="list" className="announcements">
            {items.map((announcement) => (
              <li key={announcement.id}>
                <AnnouncementCard announcement={announcement} />
              </li>
            ))}
          </ul>
        ) : (
          <EmptyState icon="megaphone" title={t`No announcements`}>
            <p>{t`What is announced to you appears here, and in your notifications.`}</p>
          </EmptyState>
        )
      ) : error ? (
        <Problem error={error} onRetry={retry} />
      ) : (
        <Skeleton shape="card" />
      )}
      {fetchMore && (
        <p>
          <Button busy={isFetchingMore} onClick={fetchMore}>{t`Show more`}</Button>
        </p>
      )}
    </Page>
  )
}

/**
 * What somebody with the permission to write announcements lacks now.
 * @param {{composing: import('./requests.js').Options['composing']}} props
 */
export function Missing({ composing }) {
  if (composing === 'intranet_site')
    return <Notice>{t`You can write announcements on the intranet site only.`}</Notice>
  if (composing === 'second_factor') {
    return (
      <Notice>
        <p>
          <Trans>
            To write announcements,{' '}
            <Link to="/account?second-factor=required&next=/announcements">use your second factor</Link>.
          </Trans>
        </p>
      </Notice>
    )
  }
  return null
}

/** @param {{announcement: import('./requests.js').Announcement}} props */
function AnnouncementCard({ announcement: { id, title, summary, author, sent_at } }) {
  return (
    <Link className="card app-card announcement-card" to={String(id)}>
      <span className="app-card-title">{title}</span>
      <span className="app-card-description">{summary}</span>
      <span className="announcement-facts">
        {sent_at && <Time value={sent_at} />}
        {author && <span>{author}</span>}
      </span>
    </Link>
  )
}
