import { t } from '@portal/i18n'
import { useEffect, useState } from '@portal/sdk'
import { Notice } from '@portal/ui'
import { tooManyAttempts } from './rateLimit.js'

const SECOND = 1_000 // milliseconds

/**
 * Why an attempt was refused, and how long to wait. The time that is left counts down; screen readers hear it once.
 * @param {{error: {retryAfter?: number}}} props
 */
export function Limited({ error }) {
  const seconds = error.retryAfter
  const [passed, setPassed] = useState({ error, seconds: 0 })
  useEffect(() => {
    if (!seconds) return
    const start = Date.now()
    const tick = () => setPassed({ error, seconds: Math.floor((Date.now() - start) / SECOND) })
    const timer = setInterval(tick, SECOND)
    return () => clearInterval(timer)
  }, [error, seconds])

  const left = seconds && Math.max(0, seconds - (passed.error === error ? passed.seconds : 0))
  if (left === 0) return <Notice>{t`You can try again now.`}</Notice>
  return (
    <Notice kind="error" title={t`Too many attempts`}>
      <p className="visually-hidden">{tooManyAttempts(seconds)}</p>
      <p aria-hidden="true">{tooManyAttempts(left)}</p>
      <p className="help">{t`The portal limits attempts, so that nobody can guess passwords.`}</p>
    </Notice>
  )
}
