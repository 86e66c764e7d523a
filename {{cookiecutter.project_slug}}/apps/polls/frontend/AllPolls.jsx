import { Link, api, useList, usePortal, useQuery } from '@portal/sdk'
import { Column, EmptyState, Icon, Panel, Row, Rows, Skeleton, Split } from '@portal/ui'
import { t } from '@portal/i18n'
import { PollRows } from './PollList.jsx'
import { PollRow } from './PollRow.jsx'
import { AskButton, useCounts } from './PollsPage.jsx'
import { ResultBars } from './Results.jsx'
import { API } from './polls.js'

const FEW = 3 // polls in the side column and under "Closed"

/** The first tab: what is open, the latest results, and what the reader asked. */
export function AllPolls() {
  const { person } = usePortal()
  const counts = useCounts()
  const open = useList(API, { query: { show: 'open' } })
  const closed = useList(API, { query: { show: 'closed' } })
  const latest = closed.items?.[0]
  return (
    <Split>
      <Column>
        <Panel title={t`Open`} count={open.items && counts?.open}>
          <PollRows
            list={open}
            empty={
              <EmptyState icon="chart" level="h3" title={t`No poll is open`}>
                {person ? <AskButton /> : <p>{t`New polls appear here.`}</p>}
              </EmptyState>
            }
          />
        </Panel>
        {closed.items?.length !== 0 && (
          <Panel
            title={t`Closed`}
            count={closed.items && counts?.closed}
            footer={
              closed.items &&
              counts?.closed > FEW && (
                <Link className="quiet-link" to="/polls/closed">{t`All closed polls`}</Link>
              )
            }
          >
            <PollRows list={closed} empty={null} most={FEW} />
          </Panel>
        )}
      </Column>
      <Column>
        {person && <AskedByYou />}
        {latest && <JustClosed poll={latest} />}
      </Column>
    </Split>
  )
}

/** The reader's latest polls, and their draft, which nobody else sees. */
function AskedByYou() {
  const { items, error } = useList(API, { query: { show: 'mine' } })
  const path = `${API}draft/`
  const { data: draft, isPending } = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => api(path, { signal }),
  })
  if (error && !items) return null
  if (!items || isPending) {
    return (
      <Panel title={t`Asked by you`}>
        <Skeleton shape="row" count={1} />
      </Panel>
    )
  }
  return (
    <Panel
      title={t`Asked by you`}
      footer={
        items.length > FEW && <Link className="quiet-link" to="/polls/mine">{t`All that you asked`}</Link>
      }
    >
      {items.length === 0 && !draft ? (
        <p className="help">{t`What you ask appears here, also before you publish it.`}</p>
      ) : (
        <Rows>
          {draft && (
            <Row
              to="/polls/new"
              tile={{ title: t`Draft`, icon: 'pencil' }}
              title={draft.question || t`The question is still empty`}
              detail={t`Draft · nobody else sees it`}
              end={<Icon name="right" />}
            />
          )}
          {items.slice(0, FEW).map((poll) => (
            <PollRow key={poll.id} poll={poll} brief />
          ))}
        </Rows>
      )}
    </Panel>
  )
}

/** @param {{poll: import('./polls.js').Poll}} props */
function JustClosed({ poll }) {
  return (
    <Panel
      title={t`Just closed`}
      footer={<Link className="quiet-link" to={`/polls/${poll.id}`}>{t`See the poll`}</Link>}
    >
      <p>{poll.question}</p>
      <ResultBars poll={poll} />
    </Panel>
  )
}
