import { api, useQuery, useSearchParams } from '@portal/sdk'
import { Page, Problem, Skeleton } from '@portal/ui'
import { t } from '@portal/i18n'
import { ImportResult } from './ImportResult.jsx'
import { ImportUpload } from './ImportUpload.jsx'
import { IMPORTS, breadcrumbs } from './manage.js'

const POLL = 1000 // milliseconds

/** Import a CSV file: upload, check, confirm, progress, result. The address has the import, so that the page can be left and opened again. */
export function ImportPage() {
  const [query, setQuery] = useSearchParams()
  const id = query.get('id')
  const open = (found) => setQuery(found ? { id: String(found.id) } : {}, { replace: true })
  return (
    <Page
      title={t`Import people`}
      breadcrumbs={breadcrumbs()}
      lead={t`From a CSV file with people and their roles. Nothing is written before you confirm.`}
    >
      {id ? (
        <Import id={id} onStarted={open} onClose={() => open(null)} />
      ) : (
        <ImportUpload onStarted={open} />
      )}
    </Page>
  )
}

/** @param {{id: string, onStarted: (found: {id: number}) => void, onClose: () => void}} props */
function Import({ id, onStarted, onClose }) {
  const path = `${IMPORTS}${id}/`
  const { data, error, refetch } = useQuery({
    queryKey: [path],
    queryFn: ({ signal }) => api(path, { signal }),
    refetchInterval: ({ state }) =>
      ['checking', 'importing'].includes(/** @type {any} */ (state.data)?.state) ? POLL : false,
  })
  if (data) return <ImportResult found={data} path={path} onClose={onClose} />
  if (!error) return <Skeleton shape="card" count={1} />
  if (/** @type {any} */ (error).status === 404) return <ImportUpload onStarted={onStarted} isGone />
  return <Problem error={error} onRetry={refetch} />
}
