import { Link, clock, i18n } from '@portal/sdk'
import { Panel } from '@portal/ui'
import { t } from '@portal/i18n'

/** Who asks, until when, and who sees what. @param {{poll: import('./polls.js').Poll}} props */
export function AboutPoll({ poll }) {
  const { author, open, created_at: createdAt, closes_at: closesAt } = poll
  return (
    <Panel title={t`About this poll`}>
      <dl className="poll-facts">
        {author && (
          <Fact name={t`Asked by`}>
            <Link to={`/people/${author.id}`}>{author.display_name}</Link>
          </Fact>
        )}
        {poll.document && (
          <Fact name={t`Document`}>
            <a href={poll.document.url} download>
              {poll.document.name}
            </a>
          </Fact>
        )}
        <Fact name={t`Opened`}>{formatDate(createdAt)}</Fact>
        <Fact name={open ? t`Closes` : t`Closed`}>{formatDate(closesAt)}</Fact>
        <Fact name={t`Who can vote`}>{t`Everyone who has signed in`}</Fact>
        <Fact name={t`Results`}>
          {poll.results_after_vote ? t`Shown once you have voted` : t`Shown to everyone`}
        </Fact>
        <Fact name={t`Your vote`}>
          {poll.votes_can_change ? t`Can be changed until the poll closes` : t`Cannot be changed`}
        </Fact>
        <Fact name={t`Your name`}>{t`Never shown beside your vote`}</Fact>
      </dl>
    </Panel>
  )
}

/** @param {{name: string, children: import('react').ReactNode}} props */
function Fact({ name, children }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** @param {string} value ISO 8601 */
const formatDate = (value) =>
  i18n.date(value, { dateStyle: 'full', timeStyle: 'short', timeZone: clock.zone })
