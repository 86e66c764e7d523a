import { t } from '@portal/i18n'
import { Menu } from '../../kit/Menu.jsx'
import { Avatar } from '../../kit/Tile.jsx'
import { saveScheme, useScheme } from '../../sdk/scheme.js'
import { isServicePage } from '../pages.js'
import { Bell } from './Bell.jsx'
import LanguageMenu, { useLanguageGroup } from './LanguageMenu.jsx'

/** The bell and the menus at the end of the header. @param {{portal: import('../../sdk/portal.js').Portal}} props */
export function Tools({ portal }) {
  const { person, unread } = portal
  if (!person) {
    return (
      <>
        <LanguageMenu />
        <SchemeMenu />
      </>
    )
  }
  return (
    <>
      <Bell key={person.id} person={person} unread={unread} />
      <PersonMenu portal={portal} />
    </>
  )
}

/** The choices of the colour scheme, as a group of a menu. */
function useSchemes() {
  const scheme = useScheme()
  return {
    label: t`Colour scheme`,
    value: scheme,
    items: [
      { value: 'light', label: t`Light`, icon: 'sun' },
      { value: 'dark', label: t`Dark`, icon: 'moon' },
      { value: '', label: t`System`, icon: 'system' },
    ],
    onChange: saveScheme,
  }
}

function SchemeMenu() {
  const schemes = useSchemes()
  const { icon } = schemes.items.find(({ value }) => value === schemes.value)
  return <Menu label={schemes.label} icon={icon} groups={[schemes]} />
}

/** @param {{portal: import('../../sdk/portal.js').Portal}} props */
function PersonMenu({ portal: { person, apps } }) {
  const schemes = useSchemes()
  const languages = useLanguageGroup()
  const name = person.display_name || person.username
  const avatar = { ...person, display_name: name }
  const pages = [{ to: '/account', label: t`Account`, icon: 'person' }]
  if (apps.some((app) => app.name === 'people'))
    pages.push({ to: `/people/${person.id}`, label: t`How others see me`, icon: 'people' })
  const maintenance = [
    ...(isServicePage('overview') ? [{ to: '/overview', label: t`Overview`, icon: 'chart' }] : []),
    { href: '/admin/', label: t`Django admin`, icon: 'gear' },
  ]
  const signOut = { to: '/sign-out', state: { now: true }, label: t`Sign out`, icon: 'exit' }
  return (
    <Menu
      label={name}
      className="person-menu"
      heading={
        <>
          <Avatar person={avatar} />
          <strong>{name}</strong>
        </>
      }
      groups={[
        { items: pages },
        ...(languages.items.length > 1 ? [languages] : []),
        { ...schemes, segments: true },
        ...(person.maintainer ? [{ items: maintenance }] : []),
        { items: [signOut] },
      ]}
    >
      <Avatar person={avatar} size="header" />
      <span className="visually-hidden">{t`Signed in as`}</span>
      <span className="person-name cut">{name}</span>
    </Menu>
  )
}
