import { Chip, Column, Panel } from '@portal/ui'
import { Plural, t } from '@portal/i18n'
import { PartRow, StateRow } from './PartRow.jsx'

/**
 * The stack as doctor shows it: what needs nothing else, what needs that, and the way in.
 * @param {{tiers: import('./overview.js').State['tiers'], certificates: import('./overview.js').State['certificates'],
 *   state: import('./overview.js').State}} props
 */
export function Tiers({ tiers, certificates, state }) {
  const titles = { 1: t`Tier I: stores`, 2: t`Tier II: servers`, 3: t`Tier III: way in` }
  return (
    <div className="tiers">
      {tiers.map(({ tier, parts }) => (
        <Column key={tier}>
          <Panel
            title={titles[tier]}
            action={<TierState parts={parts} certificates={tier === 3 ? certificates : []} />}
          >
            <ul role="list" data-flush>
              {tier === 3 && certificates.map((one) => <CertificateRow key={one.site} certificate={one} />)}
              {parts.map((part) => (
                <PartRow key={part.service} part={part} />
              ))}
            </ul>
          </Panel>
          {tier === 3 && <ThisPortal state={state} />}
        </Column>
      ))}
    </div>
  )
}

/** How many parts of a tier do not work. @param {{parts: import('./overview.js').Part[], certificates: {ends_soon: boolean}[]}} props */
function TierState({ parts, certificates }) {
  const count = (...statuses) => parts.filter(({ status }) => statuses.includes(status)).length
  const down = count('down')
  const waiting = count('waiting')
  const attention = count('degraded') + certificates.filter((one) => one.ends_soon).length
  if (down > 0) return <Chip tone="bad">{t`${down} of ${parts.length} down`}</Chip>
  if (attention > 0) {
    return (
      <Chip tone="warn">
        <Plural value={attention} one="# needs attention" other="# need attention" />
      </Chip>
    )
  }
  if (waiting > 0) {
    return (
      <Chip tone="warn">
        <Plural value={waiting} one="# waits" other="# wait" />
      </Chip>
    )
  }
  return <Chip tone="good" icon="check">{t`All work`}</Chip>
}

/** @param {{certificate: {site: string, days: number, ends_soon: boolean}}} props */
function CertificateRow({ certificate: { site, days, ends_soon: endsSoon } }) {
  return (
    <StateRow
      tone={endsSoon ? 'warn' : 'good'}
      title={site === 'internet' ? t`Internet certificate` : t`Intranet certificate`}
      detail={<Plural value={days} one="Expires in # day" other="Expires in # days" />}
      end={
        endsSoon ? (
          <Chip tone="warn">{t`Expires soon`}</Chip>
        ) : (
          <span className="visually-hidden">{t`Works`}</span>
        )
      }
    />
  )
}

/** @param {{state: import('./overview.js').State}} props */
function ThisPortal({ state: { environment, versions, tiers } }) {
  const embedded = tiers.flatMap(({ parts }) => parts).filter((part) => part.embedded_backend)
  return (
    <Panel title={t`This portal`}>
      <dl className="facts">
        <div>
          <dt>{t`Runs as`}</dt>
          <dd>
            {environment === 'production' ? (
              t`Production, on real servers`
            ) : (
              <Plural
                value={embedded.length}
                one="Development, with # embedded part: its data is on this machine or in memory"
                other="Development, with # embedded parts: their data is on this machine or in memory"
              />
            )}
          </dd>
        </div>
        {versions.map(({ name, version }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{version}</dd>
          </div>
        ))}
      </dl>
    </Panel>
  )
}
