import {
  api,
  useApp,
  useList,
  useMutation,
  usePortal,
  useQueryClient,
  useSocket,
  useState,
} from '@portal/sdk'
import { Button, Card, EmptyState, Field, Page, Problem, Skeleton, Time } from '@portal/ui'
import { t } from '@portal/i18n'

/**
 * @typedef {object} Entry
 * @property {number} id
 * @property {string} text
 * @property {string} created_at
 */

const LIST = '/api/{{ app_name }}/'
const SOCKET = '/ws/{{ app_name }}/'

export default function AppPage() {
  const { title, description } = useApp()
  const { person } = usePortal()
  const { items, error, retry, fetchMore, isFetchingMore } = useList(LIST)
  const queries = useQueryClient()
  useSocket(SOCKET, () => queries.invalidateQueries({ queryKey: [LIST] }))

  return (
    <Page title={title} lead={description} narrow>
      {person && <EntryForm />}
      {items ? <Entries items={items} /> : error ? <Problem error={error} onRetry={retry} /> : <Skeleton />}
      {fetchMore && (
        <p>
          <Button busy={isFetchingMore} onClick={fetchMore}>{t`Show more`}</Button>
        </p>
      )}
    </Page>
  )
}

/** @param {Record<'items', Entry[]>} props */
function Entries({ items }) {
  if (items.length === 0) {
    return (
      <EmptyState icon="file" title={t`Nothing here yet`}>
        <p>{t`New entries appear here.`}</p>
      </EmptyState>
    )
  }
  return (
    <ul role="list" className="stack">
      {items.map(({ id, text, created_at }) => (
        <li key={id}>
          <Card>
            <p>{text}</p>
            <p className="help">
              <Time value={created_at} />
            </p>
          </Card>
        </li>
      ))}
    </ul>
  )
}

function EntryForm() {
  const [text, setText] = useState('')
  const queries = useQueryClient()
  const creation = useMutation({
    mutationFn: () => api(LIST, { body: { text } }),
    onSuccess: () => {
      setText('')
      return queries.invalidateQueries({ queryKey: [LIST] })
    },
  })

  function submit(event) {
    event.preventDefault()
    creation.mutate()
  }

  return (
    <form onSubmit={submit} className="stack">
      <Field label={t`Text`} value={text} required onChange={(event) => setText(event.target.value)} />
      {creation.error && <Problem error={creation.error} />}
      <p>
        <Button type="submit" kind="primary" busy={creation.isPending}>{t`Add`}</Button>
      </p>
    </form>
  )
}
