import { api, useId, useMutation, useQueryClient, useRefresh, useState } from '@portal/sdk'
import { Button, Panel, Problem } from '@portal/ui'
import { t } from '@portal/i18n'
import { API } from './polls.js'

/**
 * The form with the choices.
 * @param {{poll: import('./polls.js').Poll, path: string, onVoted: () => void, onCancel?: () => void}} props `onCancel`: the reader has
 *   voted before, and may keep that vote
 */
export function Ballot({ poll, path, onVoted, onCancel }) {
  const name = useId()
  const queries = useQueryClient()
  const refresh = useRefresh(API)
  const [choice, setChoice] = useState(poll.my_choice)
  const vote = useMutation({
    mutationFn: () => api(`${path}vote/`, { method: 'PUT', body: { choice } }),
    onSuccess: (voted) => {
      queries.setQueryData([path], voted)
      onVoted()
      return refresh()
    },
    onError: refresh, // the poll may have closed meanwhile
  })

  function submit(event) {
    event.preventDefault()
    if (choice !== null) vote.mutate()
  }

  return (
    <Panel title={t`Your vote`}>
      <form onSubmit={submit} className="stack">
        <fieldset className="poll-choices">
          <legend className="visually-hidden">{poll.question}</legend>
          {poll.choices.map(({ id, text }) => (
            <label key={id}>
              <input
                type="radio"
                name={name}
                required
                autoFocus={onCancel && id === poll.my_choice}
                checked={choice === id}
                onChange={() => setChoice(id)}
              />
              <span>{text}</span>
            </label>
          ))}
        </fieldset>
        {vote.error && <Problem error={vote.error} />}
        <div className="row">
          <Button type="submit" kind="primary" busy={vote.isPending}>{t`Vote`}</Button>
          {onCancel && <Button kind="quiet" onClick={onCancel}>{t`Keep my vote`}</Button>}
        </div>
        <p className="help">
          {poll.votes === null && t`The results show once you have voted.`}{' '}
          {poll.votes_can_change
            ? t`You can change your vote until the poll closes.`
            : t`You cannot change your vote afterwards.`}
        </p>
      </form>
    </Panel>
  )
}
