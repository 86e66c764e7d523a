import { Field } from '@portal/ui'
import { t } from '@portal/i18n'

/** Why a role is given, changed or ended. @param {{form: any}} props */
export function ReasonField({ form }) {
  return (
    <Field
      label={t`Reason`}
      maxLength={300}
      help={t`Optional. It stays in the history.`}
      {...form.field('why')}
    />
  )
}
