import { useEffect, usePortal } from '@portal/sdk'
import { Notice } from '@portal/ui'
import { preloadComboBox } from '@portal/ui/choices'
import { DateField, preloadDateField } from '@portal/ui/dates'
import { Trans, t } from '@portal/i18n'
import { SelectField } from '../../SelectField.jsx'
import { DetailField, detailNames } from './details.jsx'
import { formatDay, todayIn } from './manage.js'

/**
 * The fields of a role to give: its name, its details by the role's JSON Schema, and its period.
 * @param {{form: any, roles: import('./manage.js').GrantableRole[], optional?: boolean}} props `optional`: there may be no role
 */
export function RoleFields({ form, roles, optional = false }) {
  useEffect(() => {
    preloadComboBox()
    preloadDateField()
  }, [])
  const role = roles.find(({ name }) => name === form.values.name)
  const options = roles.map(({ name, title }) => ({ value: name, label: title }))
  const placeholder = { value: '', label: optional ? t`No role for now` : t`Choose a role` }
  return (
    <>
      <SelectField
        label={t`Role`}
        required={!optional}
        help={role?.description || undefined}
        options={[placeholder, ...options]}
        {...form.field('name')}
      />
      {role && (
        <>
          {detailNames(role.details).map((name) => (
            <DetailField key={name} form={form} name={name} schema={role.details} />
          ))}
          <div className="manage-pair">
            <DateField label={t`First day`} required {...form.control('start')} />
            <DateField label={t`Last day`} help={t`Empty: no end`} {...form.control('end')} />
          </div>
          <Opens role={role} start={form.values.start} />
        </>
      )}
    </>
  )
}

/** What the role opens. @param {{role: import('./manage.js').GrantableRole, start: string | null}} props */
function Opens({ role, start }) {
  const apps = role.opens.join(', ')
  const isLater = start > todayIn(usePortal().time_zone)
  const day = isLater ? formatDay(start) : ''
  return (
    <Notice>
      {!apps ? (
        <p>{t`No app is for this role alone.`}</p>
      ) : isLater ? (
        <p>
          <Trans>
            From {day}, this role also opens <strong>{apps}</strong>.
          </Trans>
        </p>
      ) : (
        <p>
          <Trans>
            This role also opens <strong>{apps}</strong>.
          </Trans>
        </p>
      )}
      <p className="help">{t`Everyone concerned gets an email.`}</p>
    </Notice>
  )
}
