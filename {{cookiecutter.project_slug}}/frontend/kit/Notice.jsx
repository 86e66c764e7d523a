import { ApiError } from '@portal/sdk'
import { t } from '@portal/i18n'
import { Button } from './Button.jsx'
import { Icon } from './Icon.jsx'

/**
 * A short message in a frame. Screen readers announce it when it appears. It takes the properties of `<div>`.
 * @param {{kind?: 'info' | 'success' | 'error', title?: import('react').ReactNode, children?: import('react').ReactNode} & Omit<import('react').ComponentProps<'div'>, 'title'>} props
 */
export function Notice({ kind = 'info', title, children, ...rest }) {
  return (
    <div role={kind === 'error' ? 'alert' : 'status'} {...rest} className="notice" data-kind={kind}>
      <Icon name={kind === 'success' ? 'check' : kind === 'error' ? 'warning' : 'bell'} />
      <div>
        {title && <strong>{title}</strong>}
        {children}
      </div>
    </div>
  )
}

/**
 * A notice that explains a failed request, with the button "Try again" when there is `onRetry`.
 * @param {{error: any, onRetry?: () => void}} props `error` is what `api()` threw, or any other error
 */
export function Problem({ error, onRetry }) {
  const requestId = error instanceof ApiError ? error.problem.request_id : undefined
  return (
    <Notice kind="error" title={errorMessage(error)}>
      {requestId && <p className="help">{t`Request ID: ${requestId}`}</p>}
      {onRetry && <Button onClick={onRetry}>{t`Try again`}</Button>}
    </Notice>
  )
}

/** @param {any} error */
function errorMessage(error) {
  if (!(error instanceof ApiError)) return t`Something went wrong on this page.`
  if (error.status === 0) return t`The portal did not answer. Check your connection and try again.`
  if (error.status >= 500) return t`The portal has a problem. Try again in a moment.`
  return error.message
}
