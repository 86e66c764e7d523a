import { t } from '@portal/i18n'
import { NavLink } from 'react-router'
import { Icon } from '../kit/Icon.jsx'
import { Tile } from '../kit/Tile.jsx'
import { useCategories } from './apps.js'
import { isServicePage } from './pages.js'

const FEW = 40 // up to this many apps, all categories are open

/**
 * The links of the sidebar and the drawer: home, the pinned apps, the other apps by category, and what is for maintainers.
 * @param {{portal: import('../sdk/portal.js').Portal}} props
 */
export function Navigation({ portal }) {
  const { pinned, categories } = useCategories(portal)
  return (
    <>
      <ul role="list">
        <Item to="/" end title={t`Home`}>
          <Icon name="home" />
        </Item>
      </ul>
      {pinned.length > 0 && <Apps title={t`Pinned`} apps={pinned} />}
      {categories.map(([category, apps]) => (
        <Apps key={category} title={category || t`Apps`} apps={apps} folded={portal.apps.length > FEW} />
      ))}
      {portal.person.maintainer && <Maintain />}
    </>
  )
}

/** @param {{title: string, apps: import('../sdk/portal.js').App[], folded?: boolean}} props */
function Apps({ title, apps, folded = false }) {
  const list = (
    <ul role="list">
      {apps.map((app) => (
        <Item key={app.name} to={`/${app.name}`} title={app.title}>
          <Tile title={app.title} icon={app.icon} size="small" />
        </Item>
      ))}
    </ul>
  )
  if (!folded) {
    return (
      <>
        <h2>{title}</h2>
        {list}
      </>
    )
  }
  return (
    <details>
      <summary>{title}</summary>
      {list}
    </details>
  )
}

function Maintain() {
  return (
    <>
      <h2>{t`Maintain`}</h2>
      <ul role="list">
        {isServicePage('overview') && (
          <Item to="/overview" title={t`Overview`}>
            <Icon name="chart" />
          </Item>
        )}
        {isServicePage('manage-people') && (
          <Item to="/manage-people" title={t`Manage people`}>
            <Icon name="people" />
          </Item>
        )}
        <Item href="/admin/" title={t`Django admin`}>
          <Icon name="gear" />
        </Item>
        <Item href="/redis/" title={t`Redis GUI`}>
          <Icon name="list" />
        </Item>
      </ul>
    </>
  )
}

/** @param {{title: string, to?: string, href?: string, end?: boolean, children: import('react').ReactNode}} props */
function Item({ title, to, href, end, children }) {
  const content = (
    <>
      {children}
      <span className="cut">{title}</span>
    </>
  )
  return (
    <li>
      {href ? (
        <a href={href} className="nav-link" title={title}>
          {content}
        </a>
      ) : (
        <NavLink to={to} end={end} className="nav-link" title={title}>
          {content}
        </NavLink>
      )}
    </li>
  )
}
