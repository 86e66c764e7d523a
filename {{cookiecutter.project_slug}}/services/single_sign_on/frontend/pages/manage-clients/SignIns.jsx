import { useList } from '@portal/sdk'
import { Panel, Time } from '@portal/ui'
import { DataTable } from '@portal/ui/table'
import { t } from '@portal/i18n'
import { CLIENTS } from './clients.js'

/** Who signed in at a client lately, from the audit log. @param {{client: import('./clients.js').Client}} props */
export function SignIns({ client: { id } }) {
  const { items, ...cursor } = useList(`${CLIENTS}${id}/sign-ins/`)
  return (
    <Panel
      title={t`Sign-ins`}
      footer={<span className="help">{t`Of the last 30 days. The audit log has the others.`}</span>}
    >
      <div className="client-table">
        <DataTable
          caption={t`Sign-ins`}
          columns={[
            { name: 'person', title: t`Person` },
            {
              name: 'ip_address',
              title: t`IP address`,
              narrow: 'below',
              render: (row) => row.ip_address ?? '–',
            },
            { name: 'at', title: t`Time`, render: ({ at }) => <Time value={at} /> },
          ]}
          rows={items}
          cursor={cursor}
          empty={<p className="help client-none">{t`Nobody has signed in there lately.`}</p>}
        />
      </div>
    </Panel>
  )
}
