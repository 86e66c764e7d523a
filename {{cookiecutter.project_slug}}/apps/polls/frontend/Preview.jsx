import { Panel, Time } from '@portal/ui'
import { Trans, t } from '@portal/i18n'

/**
 * What others see once the poll is published.
 * @param {{poll: {question: string, choices: string[], closes_at: string, results_after_vote: boolean}}} props
 */
export function Preview({ poll: { question, choices, closes_at: closesAt, results_after_vote: hidden } }) {
  return (
    <Panel title={t`Preview`} footer={t`Your name is shown to people who have signed in.`}>
      <p className="poll-preview-question">{question || t`Your question`}</p>
      <ul role="list" className="poll-choices">
        {(choices.length ? choices : [t`The choices`]).map((text, number) => (
          <li key={number}>
            <span className="poll-radio" />
            <span>{text}</span>
          </li>
        ))}
      </ul>
      <p className="help">
        {closesAt && (
          <Trans>
            Closes <Time value={closesAt} />.
          </Trans>
        )}{' '}
        {hidden && t`The results show once you have voted.`}
      </p>
    </Panel>
  )
}
