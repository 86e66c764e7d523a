import { t } from '@portal/i18n'

/**
 * A placeholder for content that is still loading: grey lines or cards. Screen readers announce "Loading…".
 * @param {{count?: number, shape?: 'line' | 'card'}} props `count` is how many lines or cards
 */
export function Skeleton({ count = 3, shape = 'line' }) {
  return (
    <div className="skeletons" data-shape={shape} role="status">
      <span className="visually-hidden">{t`Loading…`}</span>
      {Array.from({ length: count }, (_, index) => (
        <span key={index} className="skeleton" aria-hidden="true" />
      ))}
    </div>
  )
}
