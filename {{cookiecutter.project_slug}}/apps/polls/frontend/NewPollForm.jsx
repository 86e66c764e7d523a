import { api, clock, useItem, useNavigate, useRefresh, useState } from '@portal/sdk'
import { useDraft } from '@portal/sdk/draft'
import { Button, Column, Field, Panel, Split } from '@portal/ui'
import { DateField } from '@portal/ui/dates'
import { Form, useForm } from '@portal/ui/form'
import { t } from '@portal/i18n'
import { ChoiceFields } from './ChoiceFields.jsx'
import { Preview } from './Preview.jsx'
import { API } from './polls.js'

const WEEK = 7 * 24 * 3_600_000 // milliseconds

/** The form for a new poll, and beside it what others will see. Until it is published, it is a draft that nobody else sees. */
export function NewPollForm() {
  const navigate = useNavigate()
  const refresh = useRefresh(API)
  const [initial] = useState(() => ({
    question: '',
    choices: ['', ''],
    closes_at: nextWeek().toISOString(),
    votes_can_change: true,
    results_after_vote: false,
    roles: [],
  }))
  const draft = useDraft(`${API}draft/`, { initial })
  const form = useForm({
    draft,
    submit: (poll) =>
      api(API, {
        body: { ...poll, choices: filledIn(poll.choices), closes_at: poll.closes_at || undefined },
      }),
    onSuccess: ({ id }) => {
      refresh()
      navigate(`/polls/${id}`)
    },
  })
  const { values, set, field, control, checkbox, errorOf } = form

  return (
    <Split>
      <Panel>
        <Form
          form={form}
          action={t`Publish`}
          actions={
            (draft.restored || draft.status === 'saved') && (
              <Button kind="quiet" onClick={draft.discard}>{t`Discard the draft`}</Button>
            )
          }
        >
          <Field {...field('question')} label={t`Question`} required maxLength={200} autoFocus />
          <ChoiceFields
            choices={values.choices}
            errorOf={errorOf}
            onChange={(choices) => set('choices', choices)}
          />
          <DateField
            {...control('closes_at')}
            label={t`Closes`}
            time
            required
            onChange={(moment) => set('closes_at', moment ?? '')}
          />
          <div className="poll-checkboxes">
            <Checkbox
              {...checkbox('votes_can_change')}
              label={t`People can change their vote until the poll closes`}
            />
            <Checkbox
              {...checkbox('results_after_vote')}
              label={t`Results are hidden from people who have not voted`}
            />
          </div>
          <Audience roles={values.roles} error={errorOf('roles')} onChange={(roles) => set('roles', roles)} />
        </Form>
      </Panel>
      <Column>
        <Preview poll={{ ...values, choices: filledIn(values.choices) }} />
      </Column>
    </Split>
  )
}

/**
 * Whom to notify. People who may notify nobody do not see it.
 * @param {{roles: string[], error?: string, onChange: (roles: string[]) => void}} props
 */
function Audience({ roles, error, onChange }) {
  const path = `${API}audience/`
  const { item: data } = useItem(path)
  if (!data?.roles.length) return null
  return (
    <fieldset className="poll-fields">
      <legend>{t`Tell people about it`}</legend>
      <p className="help">{t`They get a notification. Everybody who can open Polls sees the poll.`}</p>
      {data.roles.map(({ name, title }) => (
        <Checkbox
          key={name}
          label={title}
          checked={roles.includes(name)}
          onChange={({ target }) =>
            onChange(target.checked ? [...roles, name] : roles.filter((role) => role !== name))
          }
        />
      ))}
      {error && (
        <p className="field-error" role="alert">
          {error}
        </p>
      )}
    </fieldset>
  )
}

/** @param {{label: string} & import('react').ComponentProps<'input'>} props */
function Checkbox({ label, ...rest }) {
  return (
    <label className="poll-checkbox">
      <input {...rest} type="checkbox" />
      <span>{label}</span>
    </label>
  )
}

/** Return the choices with words. @param {string[]} choices */
const filledIn = (choices) => choices.map((text) => text.trim()).filter(Boolean)

/** Return the beginning of this hour in a week. */
function nextWeek() {
  const time = new Date(clock.now() + WEEK)
  time.setMinutes(0, 0, 0)
  return time
}
