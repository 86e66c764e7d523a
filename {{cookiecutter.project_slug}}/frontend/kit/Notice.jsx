import { ApiError } from '@portal/sdk'
import { t } from '@portal/i18n'
import { Button } from './Button.jsx'
import { Icon } from './Icon.jsx'

/**
 * A short message in its own frame.
 * @param {{kind?: 'info' | 'good' | 'bad', title?: import('react').ReactNode, children?: import('react').ReactNode} & Omit<import('react').ComponentProps<'div'>, 'title'>} props
 */
export function Notice({ kind = 'info', title, children, ...rest }) {
  return (
    <div role={kind === 'bad' ? 'alert' : 'status'} {...rest} className="notice" data-kind={kind}>
      <Icon name={kind === 'good' ? 'check' : kind === 'bad' ? 'warning' : 'bell'} />
      <div>
        {title && <strong>{title}</strong>}
        {children}
      </div>
    </div>
  )
}

/**
 * What went wrong with a request, in words, and a way to try again.
 * @param {{error: any, onRetry?: () => void}} props
 */
export function Problem({ error, onRetry }) {
  const request = error instanceof ApiError ? error.problem.request_id : undefined
  return (
    <Notice kind="bad" title={explain(error)}>
      {request && <p className="hint">{t`Reference for the maintainers: ${request}`}</p>}
      {onRetry && <Button onClick={onRetry}>{t`Try again`}</Button>}
    </Notice>
  )
}

/** @param {any} error */
export function explain(error) {
  if (!(error instanceof ApiError)) return t`Something went wrong on this page.`
  if (error.status === 0) return t`The portal did not answer. Is this device connected?`
  if (error.status >= 500) return t`The portal has a problem of its own. It may be over in a moment.`
  return error.message
}
