import { t } from '@portal/i18n'
import { useEffect } from 'react'
import { Button } from '../kit/Button.jsx'
import { EmptyState } from '../kit/EmptyState.jsx'
import { ApiError } from '../sdk/index.js'

/**
 * Instead of any page, when the portal itself could not be asked for. It tries again by itself.
 * @param {{error: any, busy: boolean, onRetry: () => void}} props
 */
export function Unreachable({ error, busy, onRetry }) {
  const title = t`The portal cannot be reached`
  const answered = error instanceof ApiError && error.status > 0
  useEffect(() => {
    document.title = title
  }, [title])
  return (
    <div className="page" data-narrow>
      <EmptyState icon="warning" level="h1" title={title}>
        <p>
          {answered
            ? t`Its servers are starting, or being looked after. Nothing is lost.`
            : t`No answer came. The connection of this device, or the portal's, is interrupted.`}
        </p>
        <p className="hint">{t`It is asked again every few seconds: this page goes on by itself.`}</p>
        <Button kind="primary" busy={busy} onClick={() => onRetry()}>
          {t`Try now`}
        </Button>
        {answered && (
          <p className="hint">
            {error.status}
            {error.problem.request_id && ` · ${error.problem.request_id}`}
          </p>
        )}
      </EmptyState>
    </div>
  )
}
