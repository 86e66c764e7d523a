import { api, usePortal, useQueryClient } from '@portal/sdk'
import { Button, Problem, Skeleton } from '@portal/ui'
import { Dialog } from '@portal/ui/dialog'
import { Form, useForm } from '@portal/ui/form'
import { toast } from '@portal/ui/toast'
import { plural, t } from '@portal/i18n'
import { useEntry } from '../../entries.js'
import { ReasonField } from './ReasonField.jsx'
import { RoleFields } from './RoleFields.jsx'
import { readDetails } from './details.jsx'
import { ROLES, nameList, todayIn, useRefreshPeople } from './manage.js'

/**
 * Give a role to one person or to several, to all of them or to none.
 * @param {{people: import('./manage.js').Person[], onClose: () => void, onDone: () => void}} props
 */
export function GrantRoleDialog({ people, onClose, onDone }) {
  const { data: roles, error, refetch } = useEntry(ROLES)
  const count = people.length
  const title =
    count === 1
      ? t`Give a role to ${people[0].display_name}`
      : plural(count, { one: 'Give a role to # person', other: 'Give a role to # people' })
  return (
    <Dialog title={title} onClose={onClose} actions={roles ? null : undefined}>
      {roles ? (
        <GrantRoleForm people={people} roles={roles} onClose={onClose} onDone={onDone} />
      ) : error ? (
        <Problem error={error} onRetry={refetch} />
      ) : (
        <Skeleton />
      )}
    </Dialog>
  )
}

/**
 * @param {{people: import('./manage.js').Person[], roles: import('./manage.js').GrantableRole[], onClose: () => void,
 *   onDone: () => void}} props
 */
function GrantRoleForm({ people, roles, onClose, onDone }) {
  const { time_zone } = usePortal()
  const refresh = useRefreshPeople()
  const queries = useQueryClient()
  const form = useForm({
    initial: { name: '', start: todayIn(time_zone), end: '', why: '' },
    submit: ({ name, start, end, why, ...rest }) =>
      api(`${ROLES}grant/`, {
        body: {
          people: people.map(({ id }) => id),
          name,
          start: start || undefined,
          end: end || null,
          why,
          details: readDetails(roles.find((role) => role.name === name)?.details, rest),
        },
      }),
    onSuccess: async ({ changed }) => {
      toast(plural(changed, { one: 'Role given to # person', other: 'Role given to # people' }))
      onDone()
      await refresh()
      await queries.invalidateQueries({ queryKey: ['portal'] })
    },
  })
  return (
    <Form form={form} action={t`Give the role`} actions={<Button onClick={onClose}>{t`Cancel`}</Button>}>
      {people.length > 1 && <p className="help">{nameList(people)}</p>}
      <RoleFields form={form} roles={roles} />
      <ReasonField form={form} />
    </Form>
  )
}
