import { api, useState } from '@portal/sdk'
import { Avatar, Button, Chip, Field, Notice, Panel, Time } from '@portal/ui'
import { Dialog } from '@portal/ui/dialog'
import { Form, useForm } from '@portal/ui/form'
import { toast } from '@portal/ui/toast'
import { t } from '@portal/i18n'
import { mailto } from '../../entries.js'
import { messageOf, useChangeActivity } from './SelectionActions.jsx'
import { StateChip } from './columns.jsx'
import { MANAGE, useRefreshPeople } from './manage.js'

/** The account of a person, and what can be changed of it. @param {{person: import('./manage.js').PersonInFull}} props */
export function Account({ person }) {
  const [isEditing, setEditing] = useState(false)
  const changeActivity = useChangeActivity()
  const { email, is_active: isActive, may_change: mayChange } = person

  async function invite() {
    try {
      await api(`${MANAGE}${person.id}/invite/`, { method: 'POST' })
      toast(t`An email was sent to ${email}`)
    } catch (error) {
      toast(messageOf(error), { kind: 'error' })
    }
  }

  return (
    <Panel
      title={t`Account`}
      action={mayChange && <Button kind="quiet" onClick={() => setEditing(true)}>{t`Change`}</Button>}
    >
      <Avatar person={person} size="large" />
      {!mayChange && (
        <Notice>{t`Only superusers change people who can use /admin/, and their roles.`}</Notice>
      )}
      <dl className="people-facts">
        <Fact title={t`State`}>
          <StateChip isActive={isActive} />{' '}
          {person.is_maintainer && <Chip tone="info">{t`Can use /admin/`}</Chip>}
        </Fact>
        <Fact title={t`Name`}>{person.name || t`None`}</Fact>
        <Fact title={t`Email`}>{email ? <a href={mailto(email)}>{email}</a> : t`None`}</Fact>
        <Fact title={t`Last sign-in`}>
          {person.last_sign_in ? <Time value={person.last_sign_in} /> : t`Never`}
        </Fact>
        <Fact title={t`Password`}>{person.has_password ? t`Set` : t`Not set yet`}</Fact>
        <Fact title={t`Second factor`}>{person.has_second_factor ? t`Set up` : t`None`}</Fact>
        <Fact title={t`Joined`}>
          <Time value={person.joined} />
        </Fact>
      </dl>
      {mayChange && (
        <div className="row">
          {isActive && email && !person.has_password && (
            <Button onClick={invite}>{t`Send the email to set a password`}</Button>
          )}
          <Button kind={isActive ? 'danger' : 'plain'} onClick={() => changeActivity([person], !isActive)}>
            {isActive ? t`Deactivate` : t`Reactivate`}
          </Button>
        </div>
      )}
      {isEditing && <EditDialog person={person} onClose={() => setEditing(false)} />}
    </Panel>
  )
}

/** @param {{title: string, children: import('react').ReactNode}} props */
function Fact({ title, children }) {
  return (
    <div>
      <dt>{title}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** @param {{person: import('./manage.js').PersonInFull, onClose: () => void}} props */
function EditDialog({ person, onClose }) {
  const refresh = useRefreshPeople()
  const form = useForm({
    initial: { display_name: person.name, email: person.email },
    submit: (body) => api(`${MANAGE}${person.id}/`, { method: 'PATCH', body }),
    onSuccess: async () => {
      toast(t`Saved`)
      onClose()
      await refresh()
    },
  })
  return (
    <Dialog title={t`Change ${person.display_name}`} onClose={onClose} actions={null}>
      <Form form={form} action={t`Save`} actions={<Button onClick={onClose}>{t`Cancel`}</Button>}>
        <Field label={t`Name`} maxLength={200} autoComplete="off" {...form.field('display_name')} />
        <Field
          label={t`Email`}
          type="email"
          maxLength={254}
          autoComplete="off"
          help={t`It counts as confirmed. The old and the new address get an email.`}
          {...form.field('email')}
        />
      </Form>
    </Dialog>
  )
}
