import { useApp, useList, usePortal, useRefresh, useSearchParams, useTopic } from '@portal/sdk'
import { Button, EmptyState, Page, Panel, Problem, Row, Rows, SearchField, Skeleton, Time } from '@portal/ui'
import { useUndoableDelete } from '@portal/ui/toast'
import { t } from '@portal/i18n'
import { EntryForm } from './EntryForm.jsx'
import { LIST, TOPIC, pathOf } from './entries.js'

export function ListPage() {
  const { title, description } = useApp()
  const { person } = usePortal()
  const [query, setQuery] = useSearchParams()
  const search = query.get('search') ?? ''
  const list = useList(LIST, { query: { search }, keep: true })
  useTopic(TOPIC, useRefresh(LIST))

  return (
    <Page title={title} breadcrumbs={[]} lead={description} narrow>
      {person && <EntryForm />}
      <SearchField
        label={t`Search`}
        value={search}
        onChange={(text) => setQuery(text ? { search: text } : {}, { replace: true })}
      />
      <Panel
        title={t`Entries`}
        aria-busy={list.isPrevious || undefined}
        footer={
          list.fetchMore && (
            <Button busy={list.isFetchingMore} onClick={list.fetchMore}>{t`Show more`}</Button>
          )
        }
      >
        {list.error && <Problem error={list.error} onRetry={list.retry} />}
        {list.items ? (
          <Entries items={list.items} search={search} />
        ) : (
          !list.error && <Skeleton shape="row" />
        )}
      </Panel>
    </Page>
  )
}

/**
 * The list. An entry that is deleted disappears at once, and five seconds later on the server.
 * @param {object} props
 * @param {import('./entries.js').Entry[]} props.items
 * @param {string} props.search
 */
function Entries({ items, search }) {
  const { remove, isDeleted } = useUndoableDelete(LIST)
  const entries = items.filter(({ id }) => !isDeleted(pathOf(id)))
  if (entries.length === 0) {
    return search ? (
      <EmptyState icon="search" title={t`Nothing found`} level="h3" />
    ) : (
      <EmptyState icon="file" title={t`Nothing here yet`} level="h3">
        <p>{t`New entries appear here.`}</p>
      </EmptyState>
    )
  }
  return (
    <Rows>
      {entries.map(({ id, text, photo, created_at, is_mine }) => (
        <Row
          key={id}
          to={String(id)}
          title={text}
          avatar={photo && { display_name: text, photo: photo.small }}
          detail={<Time value={created_at} />}
          end={
            is_mine && (
              <Button
                kind="quiet"
                aria-label={t`Delete ${text}`}
                onClick={() => remove(pathOf(id), t`Entry deleted`)}
              >{t`Delete`}</Button>
            )
          }
        />
      ))}
    </Rows>
  )
}
