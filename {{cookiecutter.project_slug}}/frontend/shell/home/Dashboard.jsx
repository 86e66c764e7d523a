import { t } from '@portal/i18n'
import { i18n } from '@lingui/core'
import { EmptyState } from '../../kit/EmptyState.jsx'
import { Page } from '../../kit/Page.jsx'
import { Panel, Split } from '../../kit/Panel.jsx'
import { Rows } from '../../kit/Row.jsx'
import { usePortal } from '../../sdk/portal.js'
import { appsOf } from '../apps.js'
import { AllApps, AppRow } from './AllApps.jsx'
import { Attention } from './Attention.jsx'
import { Pinned } from './Pinned.jsx'

const FEW = 3 // up to this many apps, they stand beside what needs attention, and nothing is pinned

/** The home page of a person: what waits for them, the apps that they pinned and opened last, and all apps. */
export function Dashboard() {
  const portal = usePortal()
  const { apps, recent } = portal
  const few = apps.length <= FEW
  return (
    <Page title={greeting(portal)} tab="" lead={today(portal.now)} className="home">
      <Split>
        <Attention />
        <div className="column">
          {few ? <FewApps apps={apps} /> : <Pinned portal={portal} />}
          {!few && recent.length > 0 && (
            <Panel title={t`Recent`}>
              <Rows>
                {appsOf(recent.slice(0, 3), apps).map((app) => (
                  <AppRow key={app.name} app={app} />
                ))}
              </Rows>
            </Panel>
          )}
        </div>
      </Split>
      {!few && <AllApps apps={apps} title={t`All apps`} />}
    </Page>
  )
}

/** @param {{apps: import('../../sdk/portal.js').App[]}} props */
function FewApps({ apps }) {
  return (
    <Panel title={t`Apps`}>
      {apps.length === 0 ? (
        <EmptyState icon="star" level="h3" title={t`No apps yet`}>
          <p>{t`You don't have access to any app. Ask the portal's maintainers for access.`}</p>
        </EmptyState>
      ) : (
        <Rows>
          {apps.map((app) => (
            <AppRow key={app.name} app={app} />
          ))}
        </Rows>
      )}
    </Panel>
  )
}

/** Greet a person by the portal's clock: the one of the device may be wrong or in another zone. */
function greeting({ person, now }) {
  const name = person.display_name || person.username
  const hour = Number(now.slice(11, 13))
  if (hour >= 5 && hour < 12) return t`Good morning, ${name}`
  if (hour >= 12 && hour < 17) return t`Good afternoon, ${name}`
  return t`Good evening, ${name}`
}

/** Write the date of a time as its own zone has it. @param {string} now such as `2026-11-25T09:30:00+05:30` */
function today(now) {
  return i18n.date(`${now.slice(0, 19)}Z`, {
    weekday: 'long',
    day: 'numeric',
    month: 'long',
    timeZone: 'UTC',
  })
}
