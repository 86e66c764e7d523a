import { t } from '@portal/i18n'

/**
 * A placeholder of the same size for content that is still loading. Screen readers announce "Loading…".
 * @param {{count?: number, shape?: 'line' | 'row' | 'card'}} props `count` is how many lines, rows or cards
 */
export function Skeleton({ count = 3, shape = 'line' }) {
  const bar = <span className="skeleton" />
  return (
    <div className="skeletons" data-shape={shape} data-flush={shape === 'row' || undefined} role="status">
      <span className="visually-hidden">{t`Loading…`}</span>
      {Array.from({ length: count }, (_, index) =>
        shape === 'row' ? (
          <div key={index} className="item" aria-hidden="true">
            {bar}
            <div className="item-words">
              {bar}
              {bar}
            </div>
          </div>
        ) : (
          <span key={index} className="skeleton" aria-hidden="true" />
        ),
      )}
    </div>
  )
}
