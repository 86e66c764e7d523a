import './badge.css'
import { t } from '@portal/i18n'
import { useQuery } from '@tanstack/react-query'
import { attentionQuery } from '../attention.js'

const MINUTE = 60_000 // milliseconds

/**
 * How many things wait for the person in an app, at the end of its link in the sidebar. Unread notifications do not count: the bell has
 * them.
 * @param {{app: string, id: string}} props `id` is that of the text that describes the link
 */
export function Badge({ app, id }) {
  const { data } = useQuery({ ...attentionQuery, staleTime: MINUTE })
  const count = data?.items.filter((item) => item.app === app && item.source !== 'notifications').length
  if (!count) return null
  const number = data.more.includes(app) ? `${count}+` : count
  return (
    <>
      <span className="count-badge" aria-hidden="true">
        {number}
      </span>
      <span id={id} hidden>
        {t`${number} waiting`}
      </span>
    </>
  )
}
