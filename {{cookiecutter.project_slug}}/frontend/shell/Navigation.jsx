import { t } from '@portal/i18n'
import { Fragment, useId } from 'react'
import { NavLink } from 'react-router'
import { Icon } from '../kit/Icon.jsx'
import { Tile } from '../kit/Tile.jsx'
import { useCategories } from './apps.js'
import { isServicePage } from './pages.js'

const FEW = 40 // up to this many apps, all categories are open

/**
 * @typedef {{portal: import('../sdk/portal.js').Portal, Badge?: typeof import('./tools/Badge.jsx').Badge}} NavigationProps
 *   `Badge` is in the lazy part of the shell, and undefined until it arrives
 */

/**
 * The links of the sidebar and the drawer: home, the pinned apps, the other apps by category, and what is for maintainers.
 * @param {NavigationProps} props
 */
export function Navigation({ portal, Badge }) {
  const { pinned, categories } = useCategories(portal)
  return (
    <>
      <ul role="list">
        <Item to="/" title={t`Home`}>
          <Icon name="home" />
        </Item>
      </ul>
      {pinned.length > 0 && <Apps title={t`Pinned`} apps={pinned} Badge={Badge} />}
      {categories.map(([category, apps]) => (
        <Apps
          key={category}
          title={category || t`Apps`}
          apps={apps}
          folded={portal.apps.length > FEW}
          Badge={Badge}
        />
      ))}
      {portal.person.maintainer && <Maintain Badge={Badge} />}
    </>
  )
}

/** @param {{title: string, apps: import('../sdk/portal.js').App[], folded?: boolean, Badge: NavigationProps['Badge']}} props */
function Apps({ title, apps, folded = false, Badge }) {
  const Group = folded ? 'details' : Fragment
  const Title = folded ? 'summary' : 'h2'
  return (
    <Group>
      <Title>{title}</Title>
      <ul role="list">
        {apps.map((app) => (
          <Item key={app.name} to={`/${app.name}`} title={app.title} app={app.name} Badge={Badge}>
            <Tile title={app.title} icon={app.icon} size="small" />
          </Item>
        ))}
      </ul>
    </Group>
  )
}

/** @param {{Badge: NavigationProps['Badge']}} props */
function Maintain({ Badge }) {
  const pages = [
    ['overview', 'chart', t`Overview`],
    ['manage-people', 'people', t`Manage people`],
    ['manage-clients', 'key', t`Single sign-on`],
  ]
  return (
    <>
      <h2>{t`Maintain`}</h2>
      <ul role="list">
        {pages.map(
          ([name, icon, title]) =>
            isServicePage(name) && (
              <Item key={name} to={`/${name}`} title={title} app={name} Badge={Badge}>
                <Icon name={icon} />
              </Item>
            ),
        )}
        <Item href="/admin/" title={t`Django admin`}>
          <Icon name="gear" />
        </Item>
      </ul>
    </>
  )
}

/**
 * @param {{title: string, to?: string, href?: string, app?: string, Badge?: NavigationProps['Badge'], children: import('react').ReactNode}} props
 *   `app` is what the badge counts for
 */
function Item({ title, to, href, app, Badge, children }) {
  const id = useId()
  const content = (
    <>
      {children}
      <span className="cut">{title}</span>
      {Badge && app && <Badge app={app} id={id} />}
    </>
  )
  return (
    <li>
      {href ? (
        <a href={href} className="nav-link" title={title}>
          {content}
        </a>
      ) : (
        <NavLink to={to} className="nav-link" title={title} aria-describedby={id}>
          {content}
        </NavLink>
      )}
    </li>
  )
}
