import { t } from '@portal/i18n'

/**
 * The shape of what is still loading.
 * @param {{count?: number, shape?: 'line' | 'card'}} props
 */
export function Skeleton({ count = 3, shape = 'line' }) {
  return (
    <div className="skeletons" data-shape={shape} role="status">
      <span className="for-screen-readers">{t`Loading…`}</span>
      {Array.from({ length: count }, (_, index) => (
        <span key={index} className="skeleton" aria-hidden="true" />
      ))}
    </div>
  )
}
