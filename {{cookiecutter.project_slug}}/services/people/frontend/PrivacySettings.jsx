import { Link, api, useMutation, usePortal, useQueryClient } from '@portal/sdk'
import { Button, Card, Notice, Page, Problem, Skeleton } from '@portal/ui'
import { t } from '@portal/i18n'
import { ME, isOfDirectory, useEntry } from './entries.js'
import { SelectField } from './SelectField.jsx'

/** Who can see which part of one's own profile. */
export function PrivacySettings() {
  const { person } = usePortal()
  const { data: entry, error, refetch } = useEntry(ME)
  return (
    <Page
      title={t`Privacy`}
      lead={t`Choose who can see your profile in the directory. You always see all of it.`}
      before={<Link to="/people">{t`All people`}</Link>}
      narrow
    >
      {entry ? (
        <>
          <SettingsForm entry={entry} />
          <p>
            <Link to={`/people/${person?.id}`}>{t`View your profile`}</Link>
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
function SettingsForm({ entry }) {
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
    { value: 'everyone', label: t`Everyone who is signed in` },
    { value: 'campus', label: t`People on campus` },
    { value: 'nobody', label: t`Only you` },
  ]

  function onSubmit(event) {
    event.preventDefault()
    if (!isPending) mutate(Object.fromEntries(new FormData(event.currentTarget)))
  }

  return (
    <Card>
      <form className="stack privacy-form" onSubmit={onSubmit} onChange={reset}>
        <SelectField
          label={t`Your profile`}
          name="entry_visible_to"
          help={t`People who can't see your profile can't find you in the directory.`}
          options={options}
          defaultValue={entry.entry_visible_to}
        />
        <SelectField
          label={t`Your photo`}
          name="photo_visible_to"
          options={options}
          defaultValue={entry.photo_visible_to}
        />
        <SelectField
          label={t`Your roles`}
          name="roles_visible_to"
          help={t`With their details, such as your department. People who can't see your roles can't find you by them.`}
          options={options}
          defaultValue={entry.roles_visible_to}
        />
        <SelectField
          label={t`Your email`}
          name="email_visible_to"
          options={options}
          defaultValue={entry.email_visible_to}
        />
        {error && <Problem error={error} />}
        <div className="row">
          <Button type="submit" kind="primary" busy={isPending}>{t`Save`}</Button>
        </div>
        <div role="status">{isSuccess && <Notice kind="success" role="none">{t`Saved.`}</Notice>}</div>
      </form>
    </Card>
  )
}
