import './badge.css'
import { t } from '@portal/i18n'
import { useQuery } from '@tanstack/react-query'
import { attentionQuery } from '../attention.js'

const MINUTE = 60_000 // milliseconds

/**
 * How many things wait for the person in an app, at the end of its link in the sidebar. Unread notifications do not count: the bell has
 * them.
 * @param {{app: string}} props
 */
export function Badge({ app }) {
  const { data } = useQuery({ ...attentionQuery, staleTime: MINUTE })
  const count = data?.items.filter((item) => item.app === app && item.source !== 'notifications').length
  if (!count) return null
  return (
    <span className="count-badge">
      {data.more.includes(app) ? `${count}+` : count}
      <span className="visually-hidden"> {t`waiting`}</span>
    </span>
  )
}
