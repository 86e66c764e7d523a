import { api, useRefresh } from '@portal/sdk'
import { useDraft } from '@portal/sdk/draft'
import { Field } from '@portal/ui'
import { DateField } from '@portal/ui/dates'
import { Form, useForm } from '@portal/ui/form'
import { t } from '@portal/i18n'
import { LIST } from './entries.js'

const EMPTY = Object.freeze({ text: '', remind_at: '' })

/** The form. What was typed is kept across a reload, and on the person's other devices. */
export function EntryForm() {
  const refresh = useRefresh(LIST)
  const form = useForm({
    draft: useDraft(`${LIST}draft/`, { initial: EMPTY }),
    submit: ({ text, remind_at }) => api(LIST, { body: { text, remind_at: remind_at || null } }),
    onSuccess: refresh,
  })
  return (
    <Form form={form} action={t`Add`}>
      <Field {...form.field('text')} label={t`Text`} required maxLength={200} />
      <DateField
        {...form.control('remind_at')}
        label={t`Remind me`}
        time
        onChange={(moment) => form.set('remind_at', moment ?? '')}
      />
    </Form>
  )
}
