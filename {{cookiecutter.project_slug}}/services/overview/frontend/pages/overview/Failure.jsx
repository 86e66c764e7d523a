import { useId } from '@portal/sdk'
import { Icon, Time } from '@portal/ui'
import { Trans, t } from '@portal/i18n'

/**
 * A part that failed: what it means, and what to do.
 * @param {{failure: import('./overview.js').Failure}} props
 */
export function Failure({ failure: { status, title, meaning, steps, since, detail } }) {
  const id = useId()
  return (
    <section className="failure" data-tone={status === 'down' ? 'bad' : 'warn'} aria-labelledby={id}>
      <Icon name="warning" />
      <div className="stack">
        <h2 id={id}>{title}</h2>
        <p>
          {since && (
            <Trans>
              Since <Time value={since} />.{' '}
            </Trans>
          )}
          <WithCode text={meaning} />
        </p>
        <details>
          <summary className="help">{t`What the check saw`}</summary>
          <code>{detail}</code>
        </details>
      </div>
      <div className="stack">
        <h3>{t`What to do`}</h3>
        <ol>
          {steps.map((step) => (
            <li key={step}>
              <WithCode text={step} />
            </li>
          ))}
        </ol>
      </div>
    </section>
  )
}

/** Text in which commands are between backticks. @param {{text: string}} props */
function WithCode({ text }) {
  return text.split('`').map((part, index) => (index % 2 ? <code key={index}>{part}</code> : part))
}
