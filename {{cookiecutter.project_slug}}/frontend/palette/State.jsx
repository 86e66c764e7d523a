import { t } from '@portal/i18n'
import { useEffect, useState } from 'react'
import { Problem } from '../kit/Notice.jsx'
import { Button } from '../kit/Button.jsx'
import { usePortal } from '../sdk/portal.js'

const PAUSE = 500 // milliseconds without a change, until screen readers say how many results there are

/**
 * What the search is doing, below the lines: nothing found, still searching, or what went wrong.
 * @param {{query: string, isEmpty: boolean, count: number, isSearching: boolean, error: any, incomplete: string[], retry: () => void}} props
 */
export function State({ query, isEmpty, count, isSearching, error, incomplete, retry }) {
  const { apps } = usePortal()
  const text = query.trim()
  const titles = incomplete.map((name) => apps.find((app) => app.name === name)?.title ?? name)
  const list = new Intl.ListFormat(document.documentElement.lang || 'en').format(titles)
  const isDone = !isSearching && !error
  return (
    <div className="palette-state">
      {isSearching && <p className="help">{t`Searching in apps…`}</p>}
      {isEmpty && isDone && text && (
        <p>
          {t`Nothing found for “${text}”.`}{' '}
          <span className="help">{t`Check the spelling, or use fewer words.`}</span>
        </p>
      )}
      {error && <Problem error={error} onRetry={retry} />}
      {incomplete.length > 0 && (
        <p className="help">
          {t`Not searched, because of a problem there: ${list}.`}{' '}
          <Button kind="quiet" onClick={retry}>{t`Try again`}</Button>
        </p>
      )}
      <Announcement text={isDone && text ? (isEmpty ? t`Nothing found` : t`Results: ${count}`) : ''} />
    </div>
  )
}

/** Say a text to screen readers, once it has not changed for a moment. @param {{text: string}} props */
function Announcement({ text }) {
  const [said, setSaid] = useState('')
  useEffect(() => {
    const timer = setTimeout(() => setSaid(text), PAUSE)
    return () => clearTimeout(timer)
  }, [text])
  return (
    <span role="status" className="visually-hidden">
      {said}
    </span>
  )
}
