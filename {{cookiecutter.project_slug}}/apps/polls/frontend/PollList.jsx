import { useList } from '@portal/sdk'
import { Button, EmptyState, Panel, Problem, Rows, Skeleton } from '@portal/ui'
import { t } from '@portal/i18n'
import { PollRow } from './PollRow.jsx'
import { AskButton } from './PollsPage.jsx'
import { API } from './polls.js'

/** One tab: a list of polls, page by page. @param {{show: 'not_voted' | 'mine' | 'closed'}} props */
export function PollList({ show }) {
  const list = useList(API, { query: { show } })
  const titles = { not_voted: t`Not voted`, mine: t`Asked by me`, closed: t`Closed` }
  return (
    <Panel title={titles[show]} footer={list.fetchMore && <FetchMore list={list} />}>
      <PollRows list={list} empty={<Empty show={show} />} />
    </Panel>
  )
}

/**
 * The rows of a list, or why there are none.
 * @param {{list: ReturnType<typeof useList>, empty: import('react').ReactNode, most?: number}} props `most` limits their number
 */
export function PollRows({ list: { items, error, retry }, empty, most = Infinity }) {
  if (!items) return error ? <Problem error={error} onRetry={retry} /> : <Skeleton shape="row" />
  if (items.length === 0) return empty
  return (
    <Rows>
      {items.slice(0, most).map((poll) => (
        <PollRow key={poll.id} poll={poll} />
      ))}
    </Rows>
  )
}

/** @param {{list: ReturnType<typeof useList>}} props */
function FetchMore({ list: { fetchMore, isFetchingMore } }) {
  return <Button busy={isFetchingMore} onClick={fetchMore}>{t`Show more`}</Button>
}

/** @param {{show: 'not_voted' | 'mine' | 'closed'}} props */
function Empty({ show }) {
  if (show === 'not_voted') {
    return (
      <EmptyState icon="check" level="h3" title={t`You have voted everywhere`}>
        <p>{t`Polls in which you can vote appear here.`}</p>
      </EmptyState>
    )
  }
  if (show === 'closed') {
    return (
      <EmptyState icon="chart" level="h3" title={t`No poll has closed yet`}>
        <p>{t`Results stay here.`}</p>
      </EmptyState>
    )
  }
  return (
    <EmptyState icon="chart" level="h3" title={t`You have not asked anything yet`}>
      <AskButton />
    </EmptyState>
  )
}
