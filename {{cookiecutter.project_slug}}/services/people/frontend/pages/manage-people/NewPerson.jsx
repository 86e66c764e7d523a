import { api, useNavigate, usePortal } from '@portal/sdk'
import { Field, LinkButton, Page, Panel } from '@portal/ui'
import { Form, useForm } from '@portal/ui/form'
import { toast } from '@portal/ui/toast'
import { t } from '@portal/i18n'
import { useEntry } from '../../entries.js'
import { RoleFields } from './RoleFields.jsx'
import { readDetails } from './details.jsx'
import { MANAGE, ROLES, breadcrumbs, todayIn, useRefreshPeople } from './manage.js'

/** Create a person, who gets an email with a link that sets their password. */
export function NewPerson() {
  const { data: roles = [] } = useEntry(ROLES)
  const navigate = useNavigate()
  const { time_zone } = usePortal()
  const refresh = useRefreshPeople()
  const form = useForm({
    initial: { username: '', display_name: '', email: '', name: '', start: todayIn(time_zone), end: '' },
    submit: ({ username, display_name, email, name, start, end, ...rest }) => {
      const details = readDetails(roles.find((role) => role.name === name)?.details, rest)
      const role = name ? { name, start: start || undefined, end: end || null, details } : null
      return api(MANAGE, { body: { username, display_name, email, role } })
    },
    onSuccess: async (person) => {
      toast(t`An email was sent to ${person.email}`)
      navigate(`/manage-people/${person.id}`, { replace: true })
      await refresh()
    },
  })
  return (
    <Page
      title={t`New person`}
      breadcrumbs={breadcrumbs()}
      lead={t`They get an email with a link that sets their password.`}
      narrow
    >
      <Panel>
        <Form
          form={form}
          action={t`Create the person`}
          actions={<LinkButton to="/manage-people">{t`Cancel`}</LinkButton>}
        >
          <Field
            label={t`Name`}
            autoFocus
            maxLength={200}
            autoComplete="off"
            {...form.field('display_name')}
          />
          <Field
            label={t`Email`}
            type="email"
            required
            maxLength={254}
            autoComplete="off"
            {...form.field('email')}
          />
          <Field
            label={t`Username`}
            required
            maxLength={64}
            autoComplete="off"
            autoCapitalize="none"
            help={t`Letters, digits and . _ + -. It cannot be changed later.`}
            {...form.field('username')}
          />
          <RoleFields form={form} roles={roles} optional />
        </Form>
      </Panel>
    </Page>
  )
}
