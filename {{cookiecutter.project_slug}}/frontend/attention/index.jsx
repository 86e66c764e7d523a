import './attention.css'
import { t } from '@portal/i18n'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { Link } from 'react-router'
import { Button } from '../kit/Button.jsx'
import { Icon } from '../kit/Icon.jsx'
import { Problem } from '../kit/Notice.jsx'
import { Panel } from '../kit/Panel.jsx'
import { Rows } from '../kit/Row.jsx'
import { Skeleton } from '../kit/Skeleton.jsx'
import { usePortal } from '../sdk/index.js'
import { attentionQuery } from '../shell/attention.js'
import { ATTENTION_ROWS, writeStorage } from '../shell/storage.js'
import { Item } from './Item.jsx'

const FEW = 5 // items, until all are asked for

/**
 * The card of what waits for the person, in all apps.
 * @param {{rows: number}} props `rows` of the placeholder
 */
export default function Attention({ rows }) {
  const portal = usePortal()
  const { data, error, isFetching, refetch } = useQuery(attentionQuery)
  const [showsAll, setShowsAll] = useState(false)
  const number = data?.items.length
  useEffect(() => {
    if (number !== undefined) writeStorage(ATTENTION_ROWS, String(Math.max(1, Math.min(number, FEW))))
  }, [number])

  if (!data) {
    return (
      <Panel title={t`Needs attention`} className="attention">
        {error ? <Problem error={error} onRetry={refetch} /> : <Skeleton shape="row" count={rows} />}
      </Panel>
    )
  }
  const { items, incomplete } = data
  // All notifications are linked anyway, and some services have no page of their own.
  const more = data.more.filter((name) => portal.apps.some((app) => app.name === name))
  const rest = items.length - FEW
  const visible = showsAll ? items : items.slice(0, FEW)
  return (
    <Panel
      title={t`Needs attention`}
      count={items.length || undefined}
      className="attention"
      action={<Link to="/notifications" className="quiet-link">{t`All notifications`}</Link>}
      footer={
        (more.length > 0 || incomplete.length > 0) && (
          <Footer more={more} incomplete={incomplete} busy={isFetching} onRetry={refetch} />
        )
      }
    >
      {items.length === 0 ? (
        <p className="attention-nothing" data-flush>
          <Icon name="check" />
          {incomplete.length > 0 ? t`Nothing else waits for you` : t`Nothing waits for you`}
        </p>
      ) : (
        <Rows>
          {visible.map((item) => (
            <Item key={item.link} item={item} />
          ))}
        </Rows>
      )}
      {rest > 0 && !showsAll && (
        <Button kind="quiet" onClick={() => setShowsAll(true)}>{t`Show ${rest} more`}</Button>
      )}
    </Panel>
  )
}

/** Where there is more, and which apps could not be asked. */
function Footer({ more, incomplete, busy, onRetry }) {
  const { apps } = usePortal()
  const titleOf = (name) => apps.find((app) => app.name === name)?.title ?? name
  const list = new Intl.ListFormat(document.documentElement.lang || 'en').format(incomplete.map(titleOf))
  return (
    <>
      {more.length > 0 && (
        <span className="attention-links">
          {more.map((name) => {
            const title = titleOf(name)
            return (
              <Link key={name} to={`/${name}`} className="quiet-link">
                {t`More in ${title}`}
              </Link>
            )
          })}
        </span>
      )}
      {incomplete.length > 0 && (
        <p>
          {t`Without an answer: ${list}.`}{' '}
          <Button kind="quiet" busy={busy} onClick={() => onRetry()}>{t`Try again`}</Button>
        </p>
      )}
    </>
  )
}
