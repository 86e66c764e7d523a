import { Link, api, useApp, useEffect, useParams } from '@portal/sdk'
import { LinkButton, Notice, Page, Problem, Skeleton, Stop, Time } from '@portal/ui'
import { Trans, t } from '@portal/i18n'
import { MarkdownTree } from './MarkdownTree.jsx'
import { LIST, useFetched } from './requests.js'

/** One announcement. */
export function AnnouncementPage() {
  const { id } = useParams()
  const { title } = useApp()
  const { data, error, refetch } = useFetched(`${LIST}${encodeURIComponent(id)}/`)
  useReadMark(data?.message)

  if (/** @type {any} */ (error)?.status === 404) return <Missing />
  return (
    <Page title={data?.title ?? title} before={<Link to="..">{t`All announcements`}</Link>} narrow>
      {data ? (
        <>
          <State announcement={data} />
          <article className="card announcement-text">
            <MarkdownTree nodes={data.tree} />
          </article>
          <p className="announcement-facts">
            {data.author && <span>{data.author}</span>}
            {data.sent_at && <Time value={data.sent_at} />}
          </p>
        </>
      ) : error ? (
        <Problem error={error} onRetry={refetch} />
      ) : (
        <Skeleton />
      )}
    </Page>
  )
}

function Missing() {
  return (
    <Stop
      title={t`Announcement not found`}
      actions={<LinkButton kind="primary" to="..">{t`All announcements`}</LinkButton>}
    >
      <p>{t`It does not exist, or it is not for you. Perhaps it is for a role that you do not have any more.`}</p>
    </Stop>
  )
}

/**
 * Mark the notification as read, also when the reader did not come from there. The figures count it.
 * @param {number | null | undefined} message its id
 */
function useReadMark(message) {
  useEffect(() => {
    if (message) api('/api/notifications/read/', { body: { ids: [message] } }).catch(() => {})
  }, [message])
}

/** @param {{announcement: any}} props */
function State({ announcement: { state, expires_at, send_at } }) {
  if (state === 'expired') {
    return (
      <Notice>
        <p>
          <Trans>
            This announcement expired <Time value={expires_at} />. What it says may not be true any more.
          </Trans>
        </p>
      </Notice>
    )
  }
  if (state === 'cancelled') return <Notice>{t`This announcement was cancelled before it was sent.`}</Notice>
  if (state === 'scheduled') {
    return (
      <Notice>
        <p>
          <Trans>
            Only those who write announcements see this. It is sent <Time value={send_at} />.
          </Trans>
        </p>
      </Notice>
    )
  }
  return null
}
