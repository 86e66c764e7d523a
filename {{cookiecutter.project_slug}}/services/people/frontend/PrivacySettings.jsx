import { Link, api, useQueryClient, useRefresh, useState } from '@portal/sdk'
import { Avatar, Column, EmptyState, Panel, Problem, Skeleton, Split } from '@portal/ui'
import { Form, useForm } from '@portal/ui/form'
import { toast } from '@portal/ui/toast'
import { t } from '@portal/i18n'
import { AccountFrame } from './AccountFrame.jsx'
import { LIST, ME, describeRoles, useEntry } from './entries.js'
import { SelectField } from './SelectField.jsx'
import { levelOptions, partTitles, profileFor, viewers } from './visibility.js'

const FIELDS = ['entry_visible_to', 'photo_visible_to', 'roles_visible_to', 'email_visible_to']

/** Who can see which part of one's own profile, and how it then looks to them. */
export function PrivacySettings() {
  const { data: entry, error, refetch } = useEntry(ME)
  return (
    <AccountFrame>
      {entry ? (
        <SettingsForm entry={entry} />
      ) : error ? (
        <Problem error={error} onRetry={refetch} />
      ) : (
        <Skeleton shape="card" count={2} />
      )}
    </AccountFrame>
  )
}

/** @param {{entry: import('./entries.js').OwnEntry}} props */
function SettingsForm({ entry }) {
  const queries = useQueryClient()
  const refresh = useRefresh(LIST)
  const form = useForm({
    initial: Object.fromEntries(FIELDS.map((field) => [field, entry[field]])),
    submit: (body) => api(ME, { method: 'PATCH', body }),
    onSuccess: async (saved) => {
      queries.setQueryData([ME], saved)
      toast(t`Saved`)
      await refresh()
    },
  })
  const titles = partTitles()
  const help = {
    entry: t`People who can't see your profile can't find you in the directory.`,
    roles: t`With their details, such as your department. People who can't see your roles can't find you by them.`,
  }
  return (
    <Split kind="even">
      <Column>
        <Panel title={t`Who can see`}>
          <p className="help">{t`How others see you in the directory. You always see all of it.`}</p>
          <Form form={form} action={t`Save`}>
            {Object.entries(titles).map(([part, title]) => (
              <SelectField
                key={part}
                label={title}
                help={help[part]}
                options={levelOptions()}
                {...form.field(`${part}_visible_to`)}
              />
            ))}
          </Form>
        </Panel>
      </Column>
      <Column>
        <Preview entry={entry} settings={form.values} />
      </Column>
    </Split>
  )
}

/** How others see me with these settings, before they are saved. @param {{entry: import('./entries.js').OwnEntry, settings: any}} props */
function Preview({ entry, settings }) {
  const [viewer, setViewer] = useState('everyone')
  const all = viewers()
  const { sees } = all.find(({ name }) => name === viewer)
  const seen = profileFor(entry, settings, sees)
  return (
    <Panel
      title={t`How others see you`}
      action={<Link to={`/people/${entry.id}`} className="quiet-link">{t`View your profile`}</Link>}
      footer={t`People who are not signed in see nobody in the directory.`}
    >
      <fieldset className="people-viewers">
        <legend className="visually-hidden">{t`Who looks`}</legend>
        {all.map(({ name, title }) => (
          <label key={name}>
            <input
              type="radio"
              name="viewer"
              className="visually-hidden"
              checked={name === viewer}
              onChange={() => setViewer(name)}
            />
            {title}
          </label>
        ))}
      </fieldset>
      <div role="status">
        {seen ? (
          <SeenProfile entry={seen} />
        ) : (
          <EmptyState level="h3" icon="shield" title={t`They don't find you`}>
            <p>{t`Your profile is hidden from them.`}</p>
          </EmptyState>
        )}
      </div>
    </Panel>
  )
}

/** @param {{entry: import('./entries.js').Entry}} props */
function SeenProfile({ entry }) {
  return (
    <div className="people-seen">
      <Avatar person={entry} size="large" />
      <div className="item-words">
        <strong>{entry.display_name}</strong>
        <span className="help">{describeRoles(entry.roles) || t`No roles`}</span>
        <span className="help">{entry.email ?? t`No email`}</span>
      </div>
    </div>
  )
}
