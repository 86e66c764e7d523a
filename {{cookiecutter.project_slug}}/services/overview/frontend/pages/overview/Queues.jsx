import { clock, i18n } from '@portal/sdk'
import { Panel, Time } from '@portal/ui'
import { Trans, t } from '@portal/i18n'

const LATE = 10 * 60_000 // milliseconds
const FULL = 50 // things that fill a bar, unless a queue has more

/** What waits, with a bar for each queue. @param {{queues: import('./overview.js').Queue[]}} props */
export function Queues({ queues }) {
  const full = Math.max(FULL, ...queues.map(({ waiting }) => waiting ?? 0))
  const titles = {
    tasks: t`Tasks`,
    bulk_tasks: t`Bulk tasks`,
    notifications: t`Notifications`,
    mail: t`Mail`,
  }
  return (
    <Panel title={t`Queues`}>
      <ul role="list" className="queues">
        {queues.map(({ name, waiting, oldest }) => (
          <li key={name}>
            <span>{titles[name]}</span>
            <span className="queue-value">
              {waiting === null ? t`not known: the broker does not answer` : i18n.number(waiting)}
              <span className="help">
                {oldest ? (
                  <Trans>
                    {' '}
                    · oldest <Time value={oldest} />
                  </Trans>
                ) : (
                  waiting === 0 && ` · ${t`empty`}`
                )}
              </span>
            </span>
            <svg
              aria-hidden="true"
              data-late={(oldest && clock.now() - Date.parse(oldest) > LATE) || undefined}
            >
              <rect width={`${(100 * (waiting ?? 0)) / full}%`} height="100%" />
            </svg>
          </li>
        ))}
      </ul>
      {!queues.some(({ name }) => name === 'tasks') && (
        <p className="help">{t`Tasks run at once, without a queue: no message broker is configured.`}</p>
      )}
    </Panel>
  )
}
