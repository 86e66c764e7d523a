import { t } from '@portal/i18n'
import { useEffect } from 'react'
import { Button } from '../kit/Button.jsx'
import { EmptyState } from '../kit/EmptyState.jsx'
import { ApiError } from '../sdk/api.js'

/**
 * The page while the portal's own data could not be loaded, with the reason that the server gives. The query retries by itself (see
 * sdk/portal.js).
 * @param {{error: any, busy: boolean, onRetry: () => void}} props `busy`: a request is on its way
 */
export function Unreachable({ error, busy, onRetry }) {
  const title = t`The portal cannot be reached`
  const answered = error instanceof ApiError && error.status > 0
  useEffect(() => {
    document.title = title
  }, [title])
  return (
    <div className="page">
      <EmptyState icon="warning" level="h1" title={title}>
        <p>
          {answered
            ? t`The servers are starting or under maintenance. Your data is safe.`
            : error?.reason === 'unreadable'
              ? t`The answer is not from the portal. Does your network have a sign-in page? Open it, and try again.`
              : t`There was no answer. Check this device's connection.`}
        </p>
        <p className="help">{t`This page tries again every few seconds.`}</p>
        <Button kind="primary" busy={busy} onClick={() => onRetry()}>
          {t`Try now`}
        </Button>
        {answered && error.problem.detail && (
          <p className="help" style={{ whiteSpace: 'pre-wrap' }}>
            {error.problem.detail}
          </p>
        )}
        {answered && (
          <p className="help">
            {error.status}
            {error.requestId && ` · ${error.requestId}`}
          </p>
        )}
      </EmptyState>
    </div>
  )
}
