import { useList } from '@portal/sdk'
import { Button, Panel, Problem, Row, Rows, Skeleton, Time } from '@portal/ui'
import { t } from '@portal/i18n'
import { formatDate } from '../../entries.js'
import { PEOPLE } from './manage.js'

/** All changes of a person's roles, newest first. @param {{person: import('./manage.js').Person}} props */
export function History({ person }) {
  const { items, error, retry, fetchMore, isFetchingMore } = useList(`${PEOPLE}${person.id}/roles/history/`)
  return (
    <Panel title={t`History of roles`}>
      {items ? (
        items.length > 0 ? (
          <Rows>
            {items.map((change) => (
              <Row
                key={change.id}
                wrap
                tile={{ title: t`History`, icon: 'history' }}
                title={titleOf(change)}
                detail={describe(change)}
                end={<Time value={change.at} />}
              />
            ))}
          </Rows>
        ) : (
          <p className="help">{t`Nothing has changed yet.`}</p>
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
    </Panel>
  )
}

function titleOf({ kind, title }) {
  const titles = {
    granted: t`${title} given`,
    ended: t`${title} ended`,
    extended: t`${title} extended`,
    changed: t`${title} changed`,
    removed: t`${title} removed`,
  }
  return titles[kind]
}

function describe({ by, why, start, end }) {
  const first = formatDate(start)
  const period = end ? t`${first} to ${formatDate(end)}` : t`Since ${first}`
  return [by ? t`by ${by.display_name}` : t`by a command`, period, why].filter(Boolean).join(' · ')
}
