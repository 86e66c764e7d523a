import { i18n } from '@portal/sdk'
import { DataTable } from '@portal/ui/table'
import { Trans, t } from '@portal/i18n'

/**
 * What an import writes, or has written: numbers, and the first changes.
 * @param {{summary: any, done?: boolean}} props
 */
export function ImportSummary({ summary, done = false }) {
  const { people, roles, new_people: created, differences, difference_count: total } = summary
  return (
    <>
      <div data-flush>
        <DataTable
          caption={t`What is written`}
          rows={[
            { id: 'people', what: t`People`, ...people },
            { id: 'roles', what: t`Roles`, ...roles },
          ]}
          columns={[
            { name: 'what', title: t`What` },
            { name: 'new', title: t`New`, number: true },
            { name: 'changed', title: t`Changed`, number: true },
            { name: 'unchanged', title: t`Unchanged`, number: true },
          ]}
        />
      </div>
      {!done && differences.length > 0 && (
        <>
          <h3>{t`Changes to people who exist already`}</h3>
          <div data-flush>
            <DataTable
              caption={t`Changes`}
              rows={differences.map((one, index) => ({ id: index, ...one }))}
              columns={[
                { name: 'username', title: t`Username` },
                { name: 'column', title: t`What` },
                { name: 'before', title: t`Now`, render: ({ before }) => before || '–' },
                { name: 'after', title: t`Then`, render: ({ after }) => after || '–' },
              ]}
            />
          </div>
          <More count={differences.length} total={total} />
        </>
      )}
      {!done && created.length > 0 && (
        <>
          <h3>{t`New people`}</h3>
          <div data-flush>
            <DataTable
              caption={t`New people`}
              rows={created.map((one) => ({ id: one.username, ...one }))}
              columns={[
                { name: 'display_name', title: t`Name`, render: (one) => one.display_name || one.username },
                { name: 'username', title: t`Username` },
                { name: 'email', title: t`Email`, narrow: 'below', render: ({ email }) => email || '–' },
              ]}
            />
          </div>
          <More count={created.length} total={people.new} />
        </>
      )}
    </>
  )
}

/** @param {{count: number, total: number}} props */
function More({ count, total }) {
  if (count >= total) return null
  return (
    <p className="help">
      <Trans>
        The first {i18n.number(count)} of {i18n.number(total)}
      </Trans>
    </p>
  )
}
