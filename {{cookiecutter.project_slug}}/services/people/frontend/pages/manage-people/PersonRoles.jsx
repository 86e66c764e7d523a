import { api, useList, useState } from '@portal/sdk'
import { Button, Chip, EmptyState, Panel, Problem, Row, Rows, Skeleton } from '@portal/ui'
import { DateField } from '@portal/ui/dates'
import { Dialog } from '@portal/ui/dialog'
import { Form, useForm } from '@portal/ui/form'
import { toast } from '@portal/ui/toast'
import { t } from '@portal/i18n'
import { formatDate, useEntry } from '../../entries.js'
import { LastDayFields } from './EndRoleDialog.jsx'
import { ReasonField } from './ReasonField.jsx'
import { DetailField, detailNames, readDetails, writeDetails } from './details.jsx'
import { PEOPLE, ROLES, useRefreshPeople } from './manage.js'

/** A person's roles, past and future ones too, each with what can be changed of it. @param {{person: import('./manage.js').Person}} props */
export function PersonRoles({ person }) {
  const { items, error, retry, fetchMore, isFetchingMore } = useList(`${PEOPLE}${person.id}/roles/`)
  const [open, setOpen] = useState(/** @type {{kind: string, role: any} | null} */ (null))
  const close = () => setOpen(null)
  return (
    <Panel title={t`Roles`} count={items?.length || undefined}>
      {items ? (
        items.length > 0 ? (
          <Rows>
            {items.map((role) => (
              <Row
                key={role.id}
                wrap
                tile={{ title: role.title }}
                title={role.title}
                detail={describe(role)}
                end={
                  <>
                    <Status status={role.status} />
                    {person.may_change && role.status !== 'past' && (
                      <>
                        <Button onClick={() => setOpen({ kind: 'change', role })}>
                          {t`Change`}
                          <span className="visually-hidden"> {role.title}</span>
                        </Button>
                        <Button onClick={() => setOpen({ kind: 'end', role })}>
                          {t`End`}
                          <span className="visually-hidden"> {role.title}</span>
                        </Button>
                      </>
                    )}
                  </>
                }
              />
            ))}
          </Rows>
        ) : (
          <EmptyState level="h3" icon="key" title={t`No roles yet`}>
            <p>{t`Without a role, this person sees the apps that are for everybody.`}</p>
          </EmptyState>
        )
      ) : error ? (
        <Problem error={error} onRetry={retry} />
      ) : (
        <Skeleton shape="row" />
      )}
      {fetchMore && (
        <div>
          <Button busy={isFetchingMore} onClick={fetchMore}>{t`Show more`}</Button>
        </div>
      )}
      {open?.kind === 'end' && <EndDialog role={open.role} onClose={close} />}
      {open?.kind === 'change' && <ChangeDialog role={open.role} onClose={close} />}
    </Panel>
  )
}

/** @param {import('./manage.js').RoleInFull} role */
function describe({ start, end, details }) {
  const first = formatDate(start)
  const period = end ? t`${first} to ${formatDate(end)}` : t`Since ${first}`
  return [
    period,
    ...Object.values(details).map((value) => (typeof value === 'string' ? value : JSON.stringify(value))),
  ].join(' · ')
}

/** @param {{status: 'active' | 'past' | 'future'}} props */
function Status({ status }) {
  if (status === 'active') return <Chip tone="good">{t`Active`}</Chip>
  return (
    <Chip tone={status === 'future' ? 'info' : undefined}>{status === 'future' ? t`Future` : t`Past`}</Chip>
  )
}

/** @param {{role: import('./manage.js').RoleInFull, onClose: () => void}} props */
function EndDialog({ role, onClose }) {
  const refresh = useRefreshPeople()
  const form = useForm({
    initial: { end: '', why: '' },
    submit: ({ end, why }) => api(`${PEOPLE}roles/${role.id}/end/`, { body: { end: end || undefined, why } }),
    onSuccess: async () => {
      toast(t`Role ended`)
      onClose()
      await refresh()
    },
  })
  return (
    <Dialog title={t`End the role ${role.title}`} onClose={onClose} actions={null}>
      <Form form={form} action={t`End the role`} actions={<Button onClick={onClose}>{t`Cancel`}</Button>}>
        <LastDayFields form={form} />
      </Form>
    </Dialog>
  )
}

/** Change the details of a role, and make it longer. @param {{role: import('./manage.js').RoleInFull, onClose: () => void}} props */
function ChangeDialog({ role, onClose }) {
  const { data: roles } = useEntry(ROLES)
  const schema = roles?.find(({ name }) => name === role.name)?.details
  return (
    <Dialog title={t`Change the role ${role.title}`} onClose={onClose} actions={roles ? null : undefined}>
      {roles ? <ChangeForm role={role} schema={schema} onClose={onClose} /> : <Skeleton />}
    </Dialog>
  )
}

/** @param {{role: import('./manage.js').RoleInFull, schema: any, onClose: () => void}} props */
function ChangeForm({ role, schema, onClose }) {
  const refresh = useRefreshPeople()
  const form = useForm({
    initial: { end: role.end ?? '', why: '', ...writeDetails(schema, role.details) },
    submit: ({ end, why, ...rest }) => {
      const body = { why, details: readDetails(schema, rest), end: end || null }
      if (body.end === role.end) delete body.end
      return api(`${PEOPLE}roles/${role.id}/`, { method: 'PATCH', body })
    },
    onSuccess: async () => {
      toast(t`Saved`)
      onClose()
      await refresh()
    },
  })
  return (
    <Form form={form} action={t`Save`} actions={<Button onClick={onClose}>{t`Cancel`}</Button>}>
      {detailNames(schema).map((name) => (
        <DetailField key={name} form={form} name={name} schema={schema} />
      ))}
      {role.end && (
        <DateField
          label={t`Last day`}
          min={role.end}
          help={t`A later day, or nothing for no end.`}
          {...form.control('end')}
        />
      )}
      <ReasonField form={form} />
    </Form>
  )
}
