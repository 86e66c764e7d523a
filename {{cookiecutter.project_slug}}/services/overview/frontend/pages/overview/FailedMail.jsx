import { api, useMutation, useQueryClient } from '@portal/sdk'
import { Button, EmptyState, Panel, Row, Rows, errorText } from '@portal/ui'
import { toast } from '@portal/ui/toast'
import { Trans, t } from '@portal/i18n'
import { API } from './overview.js'

const ADMIN = '/admin/core_mail/mail/?state=failed'

/** Mail that was given up. @param {{mail: import('./overview.js').State['mail']}} props */
export function FailedMail({ mail: { failed, items } }) {
  return (
    <Panel
      title={t`Mail that failed`}
      count={failed || undefined}
      action={failed > 0 && <a className="quiet-link" href={ADMIN}>{t`All in Django admin`}</a>}
    >
      {items.length > 0 ? (
        <Rows>
          {items.map((one) => (
            <FailedMailRow key={one.id} mail={one} />
          ))}
        </Rows>
      ) : failed > 0 ? (
        <p>
          <Trans>
            To see it, you need the permission <code>core_mail.view_mail</code>.
          </Trans>
        </p>
      ) : (
        <EmptyState icon="mail" level="h3" title={t`No mail failed`}>
          <p>{t`Mail that the server refuses, or that could not be sent for 5 days, appears here.`}</p>
        </EmptyState>
      )}
    </Panel>
  )
}

/** @param {{mail: import('./overview.js').FailedMail}} props */
function FailedMailRow({ mail: { id, subject, recipient, error } }) {
  const queries = useQueryClient()
  const sending = useMutation({
    mutationFn: () => api(`${API}mail/${id}/send-again/`, { method: 'POST' }),
    onSuccess: () => {
      toast(t`The mail is being sent again`)
      return queries.invalidateQueries({ queryKey: [API] })
    },
    onError: (problem) => toast(errorText(problem), { kind: 'error' }),
  })
  return (
    <Row
      tile={{ title: t`Mail`, icon: 'mail' }}
      title={subject}
      detail={`${error || t`It expired`} · ${recipient}`}
      wrap
      end={<Button busy={sending.isPending} onClick={() => sending.mutate()}>{t`Send again`}</Button>}
    />
  )
}
