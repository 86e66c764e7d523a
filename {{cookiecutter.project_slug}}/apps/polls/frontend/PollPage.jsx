import {
  ApiError,
  Link,
  clock,
  signInPath,
  useApp,
  useEffect,
  useItem,
  useList,
  useLocation,
  useParams,
  usePortal,
  useRef,
  useRefresh,
  useState,
  useTopic,
} from '@portal/sdk'
import { usePresence } from '@portal/sdk/presence'
import {
  Button,
  Chip,
  Column,
  EmptyState,
  LinkButton,
  Notice,
  Page,
  Panel,
  Problem,
  Rows,
  Skeleton,
  Split,
} from '@portal/ui'
import { Plural, Trans, t } from '@portal/i18n'
import { AboutPoll } from './AboutPoll.jsx'
import { Ballot } from './Ballot.jsx'
import { Closing, PollRow } from './PollRow.jsx'
import { Results } from './Results.jsx'
import { RunPoll } from './RunPoll.jsx'
import { API, pathOf } from './polls.js'

const LONGEST_TIMER = 24 * 3_600_000 // milliseconds; browsers cannot wait for months
const OTHERS = 3 // other open polls

export function PollPage() {
  const { id } = useParams()
  const { title } = useApp()
  const path = pathOf(id)
  const { item: poll, error, retry } = useItem(path)
  useTopic(`polls:${id}`, useRefresh(API))
  useRefetchAtEnd(poll, retry)
  if (poll) return <Poll key={poll.id} poll={poll} path={path} />
  if (error instanceof ApiError && error.status === 404) return <PollNotFound />
  return (
    <Page title={t`Poll`} breadcrumbs={[{ title, to: '/polls' }]}>
      {error ? <Problem error={error} onRetry={retry} /> : <Skeleton />}
    </Page>
  )
}

function PollNotFound() {
  const { title } = useApp()
  return (
    <Page title={t`Poll not found`} breadcrumbs={[{ title, to: '/polls' }]} narrow>
      <EmptyState icon="chart" title={t`There is no poll here`}>
        <p>{t`It may have been deleted.`}</p>
        <LinkButton to="/polls">{t`All polls`}</LinkButton>
      </EmptyState>
    </Page>
  )
}

/** Fetch the poll again when its time has come, so that a page that is open shows the result. */
function useRefetchAtEnd(poll, refetch) {
  const end = poll?.open ? poll.closes_at : null
  useEffect(() => {
    const wait = end === null ? Infinity : Date.parse(end) - clock.now()
    if (wait > LONGEST_TIMER) return
    const timer = setTimeout(refetch, Math.max(wait, 0) + 1_000)
    return () => clearTimeout(timer)
  }, [end, refetch])
}

/** @param {{poll: import('./polls.js').Poll, path: string}} props */
function Poll({ poll, path }) {
  const { title } = useApp()
  const { person } = usePortal()
  const [changing, setChanging] = useState(false)
  /** @type {import('react').RefObject<HTMLElement | null>} */
  const results = useRef(null)
  const voted = poll.my_choice !== null
  const canVote = poll.open && person && (!voted || changing)

  // What had the keyboard focus goes away after voting and closing. The results come into its place, and get the focus.
  const focusResults = useRef(false)
  useEffect(() => {
    if (canVote || !focusResults.current) return
    focusResults.current = false
    results.current?.focus()
  })

  function showResults() {
    focusResults.current = true
    setChanging(false)
  }

  return (
    <Page
      title={poll.question}
      breadcrumbs={[{ title, to: '/polls' }]}
      lead={<Facts poll={poll} />}
      actions={
        poll.open &&
        voted &&
        poll.votes_can_change &&
        !changing && <Button onClick={() => setChanging(true)}>{t`Change my vote`}</Button>
      }
    >
      <p role="status" className="visually-hidden">
        {voted && t`You have voted.`}
      </p>
      <Split>
        <Column>
          {canVote && (
            <Ballot
              poll={poll}
              path={path}
              onVoted={showResults}
              onCancel={changing ? showResults : undefined}
            />
          )}
          {poll.open && !person && <SignInToVote />}
          {(!canVote || poll.votes !== null) && <Results poll={poll} heading={results} />}
          <OtherPolls id={poll.id} />
        </Column>
        <Column>
          <AboutPoll poll={poll} />
          <RunPoll poll={poll} path={path} onClosed={showResults} />
        </Column>
      </Split>
    </Page>
  )
}

/** @param {{poll: import('./polls.js').Poll}} props */
function Facts({ poll: { id, open, votes, closes_at: closesAt } }) {
  return (
    <span className="row">
      <Chip tone={open ? 'good' : undefined}>{open ? t`Open` : t`Closed`}</Chip>
      {votes !== null && (
        <span>
          <Plural value={votes} one="# vote" other="# votes" />
        </span>
      )}
      <span>
        <Closing open={open} closesAt={closesAt} />
      </span>
      <Lookers topic={`polls:${id}`} />
    </span>
  )
}

/** How many people look at the poll, if others than the reader do. @param {{topic: string}} props */
function Lookers({ topic }) {
  const people = usePresence(topic)
  const { person } = usePortal()
  if (people === null || people <= (person ? 1 : 0)) return null
  return (
    <span>
      <Plural value={people} one="# person is looking at this" other="# people are looking at this" />
    </span>
  )
}

function SignInToVote() {
  const location = useLocation()
  return (
    <Notice>
      <p>
        <Trans>
          <Link to={signInPath(location)}>Sign in</Link> to vote.
        </Trans>
      </p>
    </Notice>
  )
}

/** @param {{id: number}} props `id` is the poll that the reader looks at */
function OtherPolls({ id }) {
  const { items, error } = useList(API, { query: { show: 'open' } })
  const others = items?.filter((poll) => poll.id !== id).slice(0, OTHERS)
  if (others ? others.length === 0 : error) return null
  return (
    <Panel
      title={t`Other open polls`}
      action={<Link className="quiet-link" to="/polls">{t`All polls`}</Link>}
    >
      {others ? (
        <Rows>
          {others.map((poll) => (
            <PollRow key={poll.id} poll={poll} />
          ))}
        </Rows>
      ) : (
        <Skeleton shape="row" />
      )}
    </Panel>
  )
}
