import { i18n, usePortal } from '@portal/sdk'
import { Chip, Icon, Row, Time } from '@portal/ui'
import { Plural, Trans, t } from '@portal/i18n'

/**
 * A poll in a list. The whole row is a link to its page.
 * @param {{poll: import('./polls.js').Poll, brief?: boolean}} props `brief` is for a narrow column: nothing at the end but an arrow
 */
export function PollRow({ poll, brief = false }) {
  const { id, question, author, mine } = poll
  const picture = author && !mine ? { avatar: author } : { tile: { title: question, icon: 'chart' } }
  return (
    <Row
      {...picture}
      to={`/polls/${id}`}
      title={question}
      detail={<Detail poll={poll} />}
      end={brief ? <Icon name="right" /> : <End poll={poll} />}
      wrap
    />
  )
}

/** Who asks, the number of votes, and when it closes. @param {{poll: import('./polls.js').Poll}} props */
function Detail({ poll: { author, mine, votes, open, closes_at: closesAt } }) {
  return (
    <>
      {author && !mine && `${author.display_name} · `}
      {votes === null ? (
        t`results once you have voted`
      ) : (
        <Plural value={votes} one="# vote" other="# votes" />
      )}
      {' · '}
      <Closing open={open} closesAt={closesAt} />
    </>
  )
}

/** @param {{open: boolean, closesAt: string}} props */
export function Closing({ open, closesAt }) {
  return open ? (
    <Trans>
      closes <Time value={closesAt} />
    </Trans>
  ) : (
    <Trans>
      closed <Time value={closesAt} />
    </Trans>
  )
}

/** What the reader can do, or has done; for a closed poll, what won. @param {{poll: import('./polls.js').Poll}} props */
function End({ poll }) {
  const { person } = usePortal()
  const winner = poll.open ? '' : winnerOf(poll)
  return (
    <>
      {winner && <span>{winner}</span>}
      {poll.my_choice !== null && (
        <Chip tone="good" icon="check">
          {t`You voted`}
        </Chip>
      )}
      {person && poll.open && poll.my_choice === null ? (
        <span className="button">{t`Vote`}</span>
      ) : (
        <Icon name="right" />
      )}
    </>
  )
}

/** Return the choices with the most votes and their share, such as "Faraday, 38%"; an empty string without votes. */
function winnerOf({ choices, votes }) {
  const most = Math.max(...choices.map((choice) => choice.votes))
  if (!votes) return ''
  const texts = choices.filter((choice) => choice.votes === most).map(({ text }) => text)
  return [...texts, i18n.number(most / votes, { style: 'percent', maximumFractionDigits: 0 })].join(', ')
}
