import { i18n } from '@portal/sdk'
import { Card, Time } from '@portal/ui'
import { Plural, Trans, t } from '@portal/i18n'
import { formatBytes, formatPercent } from './overview.js'

/** The figures that tell whether something piles up. @param {{state: import('./overview.js').State}} props */
export function Figures({ state: { queues, mail, sign_ins: signIns, disk, backups } }) {
  const [backup, drill] = backups
  const waiting = queues.reduce((sum, queue) => sum + (queue.waiting ?? 0), 0)
  const oldest = queues.flatMap((queue) => queue.oldest ?? []).sort()[0]
  return (
    <dl className="figures">
      <Figure name={t`In queues`} value={i18n.number(waiting)}>
        {oldest ? (
          <Trans>
            oldest <Time value={oldest} />
          </Trans>
        ) : (
          t`nothing waits for long`
        )}
      </Figure>
      <Figure name={t`Mail failed`} value={i18n.number(mail.failed)}>
        <Plural value={mail.sent} one="# sent in a day" other="# sent in a day" />
      </Figure>
      <Figure name={t`Sign-ins today`} value={i18n.number(signIns.accepted)}>
        <Plural value={signIns.refused} one="# refused" other="# refused" />
      </Figure>
      <Figure name={t`Disk`} value={formatPercent(1 - disk.free / disk.total)}>
        <Trans>{formatBytes(disk.free)} are free</Trans>
      </Figure>
      <Figure name={t`Last good backup`} value={<LastGood runs={backup} />}>
        {t`restored in a drill`}: <LastGood runs={drill} />
      </Figure>
    </dl>
  )
}

/** @param {{runs: import('./overview.js').Runs}} props */
function LastGood({ runs }) {
  return (
    <>
      {runs.last_good ? <Time value={runs.last_good} /> : t`never`}
      {runs.failed && <> · {t`the newest one failed`}</>}
    </>
  )
}

/** @param {{name: string, value: import('react').ReactNode, children: import('react').ReactNode}} props */
function Figure({ name, value, children }) {
  return (
    <Card className="figure">
      <dt className="help">{name}</dt>
      <dd>
        <strong>{value}</strong>
        <span className="help">{children}</span>
      </dd>
    </Card>
  )
}
