import {
  Link,
  Route,
  Routes,
  api,
  signInPath,
  useApp,
  useId,
  useList,
  useLocation,
  useMutation,
  useParams,
  usePortal,
  useQuery,
  useQueryClient,
  useSocket,
  useState,
} from '@portal/sdk'
import { Bars, Button, Card, EmptyState, Notice, Page, Problem, Skeleton, Time } from '@portal/ui'
import { Plural, Trans, t } from '@portal/i18n'
import './polls.css'

/**
 * @typedef {{id: number, question: string, closes_at: string | null, open: boolean, votes: number, my_choice: number | null,
 *   choices: {id: number, text: string, votes: number}[]}} Poll
 */

const LIST = '/api/polls/'

export default function Polls() {
  return (
    <Routes>
      <Route index element={<PollList />} />
      <Route path=":id" element={<PollPage />} />
    </Routes>
  )
}

function PollList() {
  const { title, description } = useApp()
  const { items, error, retry, fetchMore, isFetchingMore } = useList(LIST)

  return (
    <Page title={title} lead={description}>
      {items ? (
        items.length > 0 ? (
          <ul role="list" className="cards">
            {items.map((poll) => (
              <li key={poll.id}>
                <PollCard poll={poll} />
              </li>
            ))}
          </ul>
        ) : (
          <EmptyState icon="chart" title={t`No polls yet`}>
            <p>{t`New polls appear here.`}</p>
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

/** @param {{poll: Poll}} props */
function PollCard({ poll }) {
  return (
    <Link className="card app-card poll-card" to={String(poll.id)}>
      <span className="app-card-title">{poll.question}</span>
      <PollFacts poll={poll} />
    </Link>
  )
}

/** @param {{poll: Poll}} props */
function PollFacts({ poll }) {
  return (
    <span className="poll-details">
      <span className="poll-state" data-open={poll.open || undefined}>
        {poll.open ? t`Open` : t`Closed`}
      </span>
      <span>
        <Plural value={poll.votes} one="# vote" other="# votes" />
      </span>
      {poll.open && poll.closes_at && (
        <span>
          <Trans>
            closes <Time value={poll.closes_at} />
          </Trans>
        </span>
      )}
      {poll.my_choice !== null && <span>{t`You voted`}</span>}
    </span>
  )
}

function PollPage() {
  const { id } = useParams()
  const { title } = useApp()
  const path = `${LIST}${encodeURIComponent(id)}/`
  const queries = useQueryClient()
  const {
    data: poll,
    error,
    refetch,
  } = useQuery({ queryKey: [LIST, id], queryFn: ({ signal }) => api(path, { signal }) })
  useSocket(`/ws/polls/${encodeURIComponent(id)}/`, () => queries.invalidateQueries({ queryKey: [LIST] }))

  return (
    <Page title={poll?.question ?? title} before={<Link to="..">{t`All polls`}</Link>} narrow>
      {poll ? (
        <>
          <PollFacts poll={poll} />
          <Voting poll={poll} path={path} />
        </>
      ) : error ? (
        <Problem error={error} onRetry={refetch} />
      ) : (
        <Skeleton />
      )}
    </Page>
  )
}

/** @param {{poll: Poll, path: string}} props */
function Voting({ poll, path }) {
  const { person } = usePortal()
  const location = useLocation()
  const [changing, setChanging] = useState(false)
  const voted = poll.my_choice !== null
  return (
    <>
      {poll.open && person && (!voted || changing) && (
        <Ballot poll={poll} path={path} onVoted={() => setChanging(false)} />
      )}
      {poll.open && !person && (
        <Notice>
          <p>
            <Trans>
              <Link to={signInPath(location)}>Sign in</Link> to vote.
            </Trans>
          </p>
        </Notice>
      )}
      <Card>
        <h2 className="poll-heading">{poll.open ? t`Votes so far` : t`Result`}</h2>
        <Bars
          caption={t`Votes for each choice`}
          rows={poll.choices.map(({ id, text, votes }) => ({
            id,
            label: text,
            value: votes,
            highlighted: id === poll.my_choice,
          }))}
        />
      </Card>
      {poll.open && voted && !changing && (
        <p>
          <Button onClick={() => setChanging(true)}>{t`Change my vote`}</Button>
        </p>
      )}
    </>
  )
}

/** @param {{poll: Poll, path: string, onVoted: () => void}} props */
function Ballot({ poll, path, onVoted }) {
  const name = useId()
  const queries = useQueryClient()
  const [choice, setChoice] = useState(poll.my_choice)
  const vote = useMutation({
    mutationFn: () => api(`${path}vote/`, { body: { choice } }),
    onSuccess: (voted) => {
      queries.setQueryData([LIST, String(poll.id)], voted)
      onVoted()
      return queries.invalidateQueries({ queryKey: [LIST] })
    },
  })

  function submit(event) {
    event.preventDefault()
    if (choice !== null) vote.mutate()
  }

  return (
    <form onSubmit={submit} className="poll-ballot">
      <fieldset>
        <legend>{t`Your vote`}</legend>
        {poll.choices.map(({ id, text }) => (
          <label key={id}>
            <input type="radio" name={name} required checked={choice === id} onChange={() => setChoice(id)} />
            <span>{text}</span>
          </label>
        ))}
      </fieldset>
      {vote.error && <Problem error={vote.error} />}
      <Button type="submit" kind="primary" busy={vote.isPending}>{t`Vote`}</Button>
    </form>
  )
}
