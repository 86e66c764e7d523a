import { i18n } from '@portal/sdk'
import { Button, Notice, errorText } from '@portal/ui'
import { Trans, t } from '@portal/i18n'
import { formatTime } from './overview.js'
import { useNow } from './useNow.js'

const SECOND = 1_000 // milliseconds

/**
 * Why the page shows an old state, and when or how it continues.
 * @param {{error: any, failedAt: number, checkedAt: string, onRetry: () => void}} props `failedAt` is in milliseconds since 1970, by the
 *   clock of the device; `checkedAt` is ISO 8601
 */
export function NotRefreshed({ error, failedAt, checkedAt, onRetry }) {
  const time = formatTime(checkedAt)
  if (error.status === 429 && error.retryAfter) {
    return (
      <Notice title={t`Too many requests.`}>
        <p>{t`What you see is the state at ${time}.`}</p>
        <p>
          <Wait seconds={error.retryAfter} since={failedAt} />
        </p>
      </Notice>
    )
  }
  return (
    <Notice kind="error" title={t`This page cannot refresh the state of the parts.`}>
      <p>
        {errorText(error)} {t`What you see is the state at ${time}.`}
      </p>
      <p>
        <Trans>
          Run <code>make doctor</code> on the server: it checks the same parts.
        </Trans>
      </p>
      <Button onClick={onRetry}>{t`Try again`}</Button>
    </Notice>
  )
}

/** How long the page waits. The time counts down; screen readers hear it once. @param {{seconds: number, since: number}} props */
function Wait({ seconds, since }) {
  const passed = Math.floor((useNow(SECOND) - since) / SECOND)
  const text = (/** @type {number} */ value) => {
    const wait = i18n.number(value, { style: 'unit', unit: 'second', unitDisplay: 'long' })
    return t`It refreshes by itself in ${wait}.`
  }
  return (
    <>
      <span className="visually-hidden">{text(seconds)}</span>
      <span aria-hidden="true">{text(Math.max(0, seconds - passed))}</span>
    </>
  )
}
