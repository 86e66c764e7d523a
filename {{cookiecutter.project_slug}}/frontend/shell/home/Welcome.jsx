import { t } from '@portal/i18n'
import { LinkButton } from '../../kit/Button.jsx'
import { usePageHeading } from '../../kit/Page.jsx'
import { Panel } from '../../kit/Panel.jsx'
import { Icon } from '../../kit/Icon.jsx'
import { usePortal } from '../../sdk/portal.js'
import { AllApps } from './AllApps.jsx'

/** The home page of a visitor who has not signed in: what the portal is, the ways to sign in, and the apps for everybody. */
export function Welcome() {
  const portal = usePortal()
  const heading = usePageHeading()
  return (
    <div className="page home">
      <div className="hero">
        <div className="stack">
          <p className="eyebrow">{portal.institute.name}</p>
          <h1 ref={heading} tabIndex={-1}>
            {portal.name}
          </h1>
          {portal.description && <p className="lead">{portal.description}</p>}
        </div>
        <Panel title={t`Sign in`} id="sign-in">
          <LinkButton kind="primary" to="/sign-in">
            <Icon name="key" />
            {t`Sign in`}
          </LinkButton>
          <p className="help">{t`Apps for members of the institute appear after you sign in.`}</p>
        </Panel>
      </div>
      {portal.apps.length > 0 && <AllApps apps={portal.apps} title={t`Open to everybody`} />}
    </div>
  )
}
