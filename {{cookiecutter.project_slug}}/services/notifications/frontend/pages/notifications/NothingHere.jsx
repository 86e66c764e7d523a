import { Link } from '@portal/sdk'
import { EmptyState } from '@portal/ui'
import { t } from '@portal/i18n'
import { searchOf, useAppTitle } from './filters.jsx'

/** In place of an empty list: what belongs here, or which filter to drop. @param {{filter: import('./filters.jsx').Filter}} props */
export function NothingHere({ filter }) {
  const title = useAppTitle(filter.app)
  const all = <Link to={searchOf({ unread: false, app: '' })}>{t`Show all notifications`}</Link>
  if (filter.app) {
    return (
      <EmptyState
        icon="search"
        title={filter.unread ? t`Nothing unread from ${title}` : t`Nothing from ${title}`}
      >
        <p>{all}</p>
      </EmptyState>
    )
  }
  if (filter.unread) {
    return (
      <EmptyState icon="check" title={t`Nothing unread`}>
        <p>{t`You have read everything.`}</p>
        <p>{all}</p>
      </EmptyState>
    )
  }
  return (
    <EmptyState icon="bell" title={t`No notifications yet`}>
      <p>{t`Messages from your apps and about your account appear here.`}</p>
    </EmptyState>
  )
}
