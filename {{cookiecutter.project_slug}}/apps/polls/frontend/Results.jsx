import { Bars, Panel } from '@portal/ui'
import { t } from '@portal/i18n'

/**
 * The results of a poll, as far as the reader may see them. They change by themselves.
 * @param {{poll: import('./polls.js').Poll, heading: import('react').Ref<HTMLElement>}} props `heading` is for the keyboard focus
 */
export function Results({ poll, heading }) {
  return (
    <Panel
      title={
        <span ref={heading} tabIndex={-1} className="poll-heading">
          {poll.open ? t`Votes so far` : t`Result`}
        </span>
      }
      action={poll.open && poll.votes !== null && <span className="help">{t`Live`}</span>}
    >
      {poll.votes === null ? (
        <p>{t`The results show once you have voted, or when the poll has closed.`}</p>
      ) : (
        <ResultBars poll={poll} />
      )}
    </Panel>
  )
}

/** @param {{poll: import('./polls.js').Poll}} props */
export function ResultBars({ poll }) {
  return (
    <Bars
      caption={t`Votes for each choice`}
      rows={poll.choices.map(({ id, text, votes }) => ({
        id,
        label: text,
        value: votes,
        highlighted: id === poll.my_choice,
        note: id === poll.my_choice ? t`Your vote` : undefined,
      }))}
    />
  )
}
