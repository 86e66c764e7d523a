import { t } from '@portal/i18n'
import { Link, usePortal } from '@portal/sdk'
import { Page } from './Page.jsx'
import { Panel, Split } from './Panel.jsx'
import { Row, Rows } from './Row.jsx'

const MOST = 5 // apps to go on with

/**
 * The page in place of one that cannot be shown: what happened and how to go on, and beside it the apps that the visitor can open.
 * @param {object} props
 * @param {string} props.title the title of the page
 * @param {import('react').ReactNode} [props.heading] what happened, when the title does not say it
 * @param {import('react').ReactNode} props.children what it means and what to do
 * @param {import('react').ReactNode} [props.actions] buttons
 * @param {import('react').ReactNode} [props.footer] what the maintainers need, such as the request's ID
 */
export function Stop({ title, heading, children, actions, footer }) {
  const { apps, pinned, recent } = usePortal()
  const first = [...new Set([...pinned, ...recent, ...apps.map(({ name }) => name)])].slice(0, MOST)
  return (
    <Page title={title} breadcrumbs={[]}>
      <Split>
        <Panel title={heading} footer={footer}>
          {children}
          {actions && <div className="row">{actions}</div>}
        </Panel>
        {apps.length > 0 && (
          <Panel
            title={t`What you can open`}
            action={
              <Link to="/" className="quiet-link">
                {t`All apps`}
              </Link>
            }
          >
            <Rows>
              {first
                .map((name) => apps.find((app) => app.name === name))
                .filter(Boolean)
                .map((app) => (
                  <Row
                    key={app.name}
                    to={`/${app.name}`}
                    tile={app}
                    title={app.title}
                    detail={app.description}
                  />
                ))}
            </Rows>
          </Panel>
        )}
      </Split>
    </Page>
  )
}
