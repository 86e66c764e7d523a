import { Link, api, clock, i18n, useEffect, useList, useLocation, useMutation, useRefresh } from '@portal/sdk'
import { Button, Card, EmptyState, LinkButton, Notice, Page, Problem, Skeleton, Time } from '@portal/ui'
import { Plural, Trans, t } from '@portal/i18n'
import { NotAllowed } from './Composer.jsx'
import { LIST, OTHERS, SCHEDULED, useLiveLists, useOptions } from './requests.js'

const REFRESH = 15_000 // milliseconds

/** The announcements that wait, and those that were sent, with their figures. */
export function Overview() {
  const { data: options, error, refetch } = useOptions()
  const { state } = useLocation()
  const mayCompose = options?.composing === 'allowed'
  return (
    <Page
      title={t`Scheduled and sent`}
      before={<Link to="..">{t`All announcements`}</Link>}
      actions={mayCompose && <LinkButton kind="primary" to="../new">{t`New announcement`}</LinkButton>}
    >
      {state?.saved && (
        <Notice kind="success">
          {state.saved === 'scheduled'
            ? t`The announcement is scheduled.`
            : t`The announcement is on its way.`}
        </Notice>
      )}
      {options ? (
        mayCompose ? (
          <Lists />
        ) : (
          <NotAllowed composing={options.composing} />
        )
      ) : error ? (
        <Problem error={error} onRetry={refetch} />
      ) : (
        <Skeleton shape="card" />
      )}
    </Page>
  )
}

function Lists() {
  const refresh = useRefresh(LIST)
  useLiveLists()
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') refresh()
    }, REFRESH)
    return () => clearInterval(timer)
  }, [refresh])

  return (
    <>
      <Section
        title={t`Scheduled`}
        path={SCHEDULED}
        empty={<p className="help">{t`Nothing waits to be sent.`}</p>}
      />
      <Section
        title={t`Sent and cancelled`}
        path={OTHERS}
        empty={<EmptyState icon="megaphone" title={t`Nothing was sent yet`} level="h3" />}
      />
    </>
  )
}

/** @param {{title: string, path: string, empty: import('react').ReactNode}} props */
function Section({ title, path, empty }) {
  const { items, error, retry, fetchMore, isFetchingMore } = useList(path)
  return (
    <section className="stack">
      <h2>{title}</h2>
      {items ? (
        items.length > 0 ? (
          <ul role="list" className="announcements">
            {items.map((announcement) => (
              <li key={announcement.id}>
                <ManagedCard announcement={announcement} />
              </li>
            ))}
          </ul>
        ) : (
          empty
        )
      ) : error ? (
        <Problem error={error} onRetry={retry} />
      ) : (
        <Skeleton shape="card" count={1} />
      )}
      {fetchMore && (
        <p>
          <Button busy={isFetchingMore} onClick={fetchMore}>{t`Show more`}</Button>
        </p>
      )}
    </section>
  )
}

/** @param {{announcement: import('./requests.js').ManagedAnnouncement}} props */
function ManagedCard({ announcement }) {
  const { id, title, state, roles, author } = announcement
  return (
    <Card className="managed">
      <div className="managed-text">
        <h3>
          <Link to={`../${id}`}>{title}</Link>
        </h3>
        <p className="announcement-facts">
          <span className="announcement-state" data-state={state}>
            {stateText(state)}
          </span>
          <When announcement={announcement} />
          <span>{roles.length ? roles.map((role) => role.title).join(', ') : t`Everyone`}</span>
          {author && <span>{author}</span>}
        </p>
      </div>
      {state === 'scheduled' && <Changes id={id} title={title} />}
      {announcement.delivered !== null && (
        <Figures delivered={announcement.delivered} read={announcement.read ?? 0} />
      )}
    </Card>
  )
}

/** @param {import('./requests.js').State} state */
function stateText(state) {
  return {
    scheduled: t`Scheduled`,
    sent: t`Sent`,
    expired: t`Expired`,
    cancelled: t`Cancelled`,
  }[state]
}

/** @param {{announcement: import('./requests.js').ManagedAnnouncement}} props */
function When({ announcement: { state, send_at, sent_at, cancelled_at } }) {
  if (state === 'scheduled') {
    return (
      <span>
        <Trans>
          leaves <Moment value={send_at} />
        </Trans>
      </span>
    )
  }
  const moment = sent_at ?? cancelled_at
  return moment ? <Time value={moment} /> : <span>{t`was never sent`}</span>
}

/** A date and time in full, in the portal's zone: "next month" is too vague for an appointment. @param {{value: string}} props */
function Moment({ value }) {
  const text = i18n.date(value, { dateStyle: 'medium', timeStyle: 'short', timeZone: clock.zone })
  return <time dateTime={value}>{text}</time>
}

/** @param {{delivered: number, read: number}} props */
function Figures({ delivered, read }) {
  return (
    <div className="managed-figures">
      <p>
        <strong>
          <Plural value={delivered} one="# person" other="# people" />
        </strong>
        {' · '}
        <Plural value={read} one="# has read it" other="# have read it" />
      </p>
      <meter aria-label={t`Read`} min={0} max={Math.max(1, delivered)} value={read} />
    </div>
  )
}

/**
 * What can be done with an announcement that waits.
 * @param {{id: number, title: string}} props
 */
function Changes({ id, title }) {
  const refresh = useRefresh(LIST)
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => api(`${LIST}${id}/cancel/`, { method: 'POST' }),
    onSettled: refresh,
  })
  return (
    <div className="managed-changes">
      <div className="row">
        <LinkButton to={`../${id}/edit`} aria-label={t`Edit “${title}”`}>{t`Edit`}</LinkButton>
        <Button
          busy={isPending}
          onClick={() => mutate()}
          aria-label={t`Cancel “${title}”`}
        >{t`Cancel`}</Button>
      </div>
      {error && <Problem error={error} />}
    </div>
  )
}
