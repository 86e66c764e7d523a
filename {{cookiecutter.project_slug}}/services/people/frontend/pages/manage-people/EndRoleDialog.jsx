import { api } from '@portal/sdk'
import { Button } from '@portal/ui'
import { DateField } from '@portal/ui/dates'
import { Dialog } from '@portal/ui/dialog'
import { Form, useForm } from '@portal/ui/form'
import { toast } from '@portal/ui/toast'
import { plural, t } from '@portal/i18n'
import { SelectField } from '../../SelectField.jsx'
import { ReasonField } from './ReasonField.jsx'
import { ROLES, nameList, useRefreshPeople } from './manage.js'

/**
 * End a role of several people, now or on a later day.
 * @param {{people: import('./manage.js').Person[], onClose: () => void, onDone: () => void}} props
 */
export function EndRoleDialog({ people, onClose, onDone }) {
  const refresh = useRefreshPeople()
  const titles = new Map(people.flatMap(({ roles }) => roles.map(({ name, title }) => [name, title])))
  const [first] = titles.keys()
  const form = useForm({
    initial: { name: first, end: '', why: '' },
    submit: ({ name, end, why }) =>
      api(`${ROLES}end/`, {
        body: { people: people.map(({ id }) => id), name, end: end || undefined, why },
      }),
    onSuccess: async ({ changed }) => {
      toast(plural(changed, { one: '# role ended', other: '# roles ended' }))
      onDone()
      await refresh()
    },
  })
  const having = people.filter(({ roles }) => roles.some(({ name }) => name === form.values.name))
  return (
    <Dialog title={t`End a role`} onClose={onClose} actions={null}>
      <Form form={form} action={t`End the role`} actions={<Button onClick={onClose}>{t`Cancel`}</Button>}>
        <SelectField
          label={t`Role`}
          options={[...titles].map(([value, label]) => ({ value, label }))}
          help={t`Of ${nameList(having)}.`}
          {...form.field('name')}
        />
        <LastDayFields form={form} />
      </Form>
    </Dialog>
  )
}

/** When a role ends, and why. @param {{form: any}} props */
export function LastDayFields({ form }) {
  return (
    <>
      <DateField
        label={t`Last day`}
        help={t`Empty: the role ends now, and yesterday was its last day.`}
        {...form.control('end')}
      />
      <ReasonField form={form} />
    </>
  )
}
