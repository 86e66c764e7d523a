import { Link, api, useMutation, usePortal, useQueryClient } from '@portal/sdk'
import { Button, Card, Notice, Page, Problem, Skeleton } from '@portal/ui'
import { Trans, t } from '@portal/i18n'
import { Choice } from './Choice.jsx'
import { ME, isOfDirectory, useEntry } from './entries.js'

/** To whom one shows what of one's own entry. */
export function PrivacySettings() {
  const { person } = usePortal()
  const { data: entry, error, refetch } = useEntry(ME)
  return (
    <Page
      title={t`What you show`}
      lead={t`You decide who sees what of you in the directory. You yourself always see all of it.`}
      before={<Link to="/people">{t`All people`}</Link>}
      narrow
    >
      {entry ? (
        <>
          <Settings entry={entry} />
          <p>
            <Link to={`/people/${person?.id}`}>
              <Trans>Your entry, as you see it</Trans>
            </Link>
          </p>
        </>
      ) : error ? (
        <Problem error={error} onRetry={refetch} />
      ) : (
        <Skeleton />
      )}
    </Page>
  )
}

/** @param {{entry: import('./entries.js').OwnEntry}} props */
function Settings({ entry }) {
  const queries = useQueryClient()
  const { mutate, reset, isPending, isSuccess, error } = useMutation({
    /** @param {object} body */
    mutationFn: (body) => api(ME, { method: 'PATCH', body }),
    onSuccess: (saved) => {
      queries.setQueryData([ME], saved)
      return queries.invalidateQueries({ predicate: isOfDirectory })
    },
  })
  const options = [
    { value: 'everyone', label: t`Everyone who signed in` },
    { value: 'campus', label: t`People on the campus` },
    { value: 'nobody', label: t`Nobody` },
  ]

  function submit(event) {
    event.preventDefault()
    if (!isPending) mutate(Object.fromEntries(new FormData(event.currentTarget)))
  }

  return (
    <Card>
      <form className="stack showing" onSubmit={submit} onChange={reset}>
        <Choice
          label={t`Your entry`}
          name="entry_visible_to"
          help={t`Where it is not shown nobody finds you, and none of the rest is shown either.`}
          options={options}
          defaultValue={entry.entry_visible_to}
        />
        <Choice
          label={t`Your photo`}
          name="photo_visible_to"
          options={options}
          defaultValue={entry.photo_visible_to}
        />
        <Choice
          label={t`Your roles`}
          name="roles_visible_to"
          help={t`With your department, and what else the directory has of them. Where they are not shown, nobody finds you by them.`}
          options={options}
          defaultValue={entry.roles_visible_to}
        />
        <Choice
          label={t`Your e-mail`}
          name="email_visible_to"
          options={options}
          defaultValue={entry.email_visible_to}
        />
        {error && <Problem error={error} />}
        <div className="row">
          <Button type="submit" kind="primary" busy={isPending}>{t`Save`}</Button>
        </div>
        <div role="status">{isSuccess && <Notice kind="good" role="none">{t`Saved.`}</Notice>}</div>
      </form>
    </Card>
  )
}
