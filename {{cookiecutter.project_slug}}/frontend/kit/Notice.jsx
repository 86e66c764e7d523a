import './notice.css'
import { ApiError } from '@portal/sdk'
import { t } from '@portal/i18n'
import { Button } from './Button.jsx'
import { Icon } from './Icon.jsx'
import { errorText, mayPass } from './errorText.js'

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
 * A notice that explains a failed request. With `onRetry`, it has the button "Try again" where that can help.
 * @param {{error: any, onRetry?: () => void}} props `error` is what `api()` threw, or any other error
 */
export function Problem({ error, onRetry }) {
  const requestId = error instanceof ApiError ? error.requestId : undefined
  return (
    <Notice kind="error" title={errorText(error)}>
      {requestId && <p className="help">{t`Request ID: ${requestId}`}</p>}
      {onRetry && mayPass(error) && <Button onClick={onRetry}>{t`Try again`}</Button>}
    </Notice>
  )
}
