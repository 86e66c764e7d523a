import { api, i18n, useQuery, useState } from '@portal/sdk'
import { Button, Icon, Panel } from '@portal/ui'
import { DataTable } from '@portal/ui/table'
import { Plural, t } from '@portal/i18n'
import { FilterSelect } from '../../SelectField.jsx'
import { Pager } from './PeopleList.jsx'

const PAGE_SIZE = 50

/**
 * Every problem of a file, by line, page by page.
 * @param {{found: any, path: string, onClose: () => void}} props
 */
export function ImportProblems({ found: { name, rows, problem_count: count, columns }, path, onClose }) {
  const [column, setColumn] = useState('')
  const [page, setPage] = useState(1)
  const query = new URLSearchParams({ column, page: String(page), page_size: String(PAGE_SIZE) })
  const url = `${path}problems/?${query}`
  const { data, error, refetch } = useQuery({
    queryKey: [url],
    queryFn: ({ signal }) => api(url, { signal }),
    placeholderData: (/** @type {any} */ before) => before,
  })
  const total = columns.reduce((sum, { problems }) => sum + problems, 0)
  return (
    <Panel
      title={<Plural value={count} one="# problem in the file" other="# problems in the file" />}
      count={<Plural value={rows} one="# row read" other="# rows read" />}
    >
      <p>{t`Nothing of ${name} was written. Correct the file, and check it again.`}</p>
      <div className="row">
        <Button kind="primary" onClick={onClose}>{t`Choose the corrected file`}</Button>
        <a className="button" href={`${path}problems/file/`} download>
          <Icon name="save" />
          {t`Download the problems`}
        </a>
      </div>
      {columns.length > 1 && (
        <FilterSelect
          label={t`Column`}
          value={column}
          onChange={(chosen) => {
            setColumn(chosen)
            setPage(1)
          }}
          options={[
            { value: '', label: t`All columns (${i18n.number(total)})` },
            ...columns.map((one) => ({
              value: one.column,
              label: `${one.column} (${i18n.number(one.problems)})`,
            })),
          ]}
        />
      )}
      <div className="manage-table" data-flush>
        <DataTable
          caption={t`Problems`}
          rows={data?.results.map((one, index) => ({ id: index, ...one }))}
          columns={[
            { name: 'line', title: t`Row`, number: true },
            { name: 'column', title: t`Column` },
            { name: 'found', title: t`Found`, narrow: 'below' },
            { name: 'allowed', title: t`Allowed`, narrow: 'below' },
          ]}
          cursor={{ error, retry: refetch }}
        />
        {data && <Pager {...data} onChange={setPage} />}
      </div>
      {count > total && (
        <p className="help">{t`Only the first ${i18n.number(total)} problems are listed.`}</p>
      )}
    </Panel>
  )
}
