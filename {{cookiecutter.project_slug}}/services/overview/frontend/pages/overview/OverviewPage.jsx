import { ApiError, api, useMutation, useQuery, useQueryClient } from '@portal/sdk'
import { Button, Icon, Notice, Page, Problem, Skeleton, Split, errorText } from '@portal/ui'
import { toast } from '@portal/ui/toast'
import { Plural, Trans, t } from '@portal/i18n'
import { CheckedAt } from './CheckedAt.jsx'
import { FailedMail } from './FailedMail.jsx'
import { Failure } from './Failure.jsx'
import { Figures } from './Figures.jsx'
import { NotRefreshed } from './NotRefreshed.jsx'
import { Queues } from './Queues.jsx'
import { Refused } from './Refused.jsx'
import { Tiers } from './Tiers.jsx'
import { API } from './overview.js'

const REFRESH = 5_000 // milliseconds, while the tab is visible
const REFUSALS = [401, 403, 404] // the last on the internet site

export function OverviewPage() {
  const queries = useQueryClient()
  /** @type {{data?: import('./overview.js').State, error: any, errorUpdatedAt: number, refetch: () => any}} */
  const { data, error, errorUpdatedAt, refetch } = useQuery({
    queryKey: [API],
    queryFn: ({ signal }) => api(API, { signal }),
    refetchInterval: ({ state }) =>
      !REFUSALS.includes(state.error?.status) && Math.max(REFRESH, (state.error?.retryAfter ?? 0) * 1_000),
  })
  const check = useMutation({
    mutationFn: () => api(`${API}check/`, { method: 'POST' }),
    onSuccess: (state) => queries.setQueryData([API], state),
    onError: (problem) => toast(errorText(problem), { kind: 'error' }),
  })

  if (error instanceof ApiError && REFUSALS.includes(error.status)) return <Refused error={error} />
  return (
    <Page
      title={t`Overview`}
      breadcrumbs={[]}
      lead={<CheckedAt time={data?.checked_at} stale={Boolean(error)} />}
      actions={
        <>
          {data?.redis_gui && (
            <a className="button" href="/redis/">
              <Icon name="link" />
              {t`Redis GUI`}
            </a>
          )}
          <Button busy={check.isPending} onClick={() => check.mutate()}>
            <Icon name="again" />
            {t`Check now`}
          </Button>
        </>
      }
    >
      {error && data && (
        <NotRefreshed
          error={error}
          failedAt={errorUpdatedAt}
          checkedAt={data.checked_at}
          onRetry={() => refetch()}
        />
      )}
      {error && !data && (
        <>
          <Problem error={error} onRetry={refetch} />
          <Notice title={t`This page cannot show the state of the parts.`}>
            <p>
              <Trans>
                Run <code>make doctor</code> on the server: it checks the same parts.
              </Trans>
            </p>
          </Notice>
        </>
      )}
      {data ? <State state={data} /> : !error && <Skeleton shape="card" count={4} />}
    </Page>
  )
}

/** What failed, worst first; then figures, all parts, and what waits. @param {{state: import('./overview.js').State}} props */
function State({ state }) {
  const { problems, tiers, certificates, queues, mail } = state
  return (
    <>
      <p role="status" className="visually-hidden">
        <Plural value={problems.length} _0="Every part works." one="# part failed." other="# parts failed." />
      </p>
      {problems.map((failure) => (
        <Failure key={failure.service} failure={failure} />
      ))}
      <Figures state={state} />
      <Tiers tiers={tiers} certificates={certificates} state={state} />
      <Split kind="even">
        <Queues queues={queues} />
        <FailedMail mail={mail} />
      </Split>
    </>
  )
}
