import { t } from '@portal/i18n'
import { useState } from 'react'
import { Link, useLocation } from 'react-router'
import { LinkButton } from '../kit/Button.jsx'
import { Menu } from '../kit/Menu.jsx'
import { initial } from '../kit/Tile.jsx'
import { isSignIn, signInPath } from '../sdk/paths.js'
import { savedScheme, saveScheme } from './scheme.js'

/** The bar above every page. Without the portal's data it is a placeholder. @param {{portal?: import('../sdk/portal.js').Portal}} props */
export function Header({ portal }) {
  return (
    <header className="header">
      <div className="header-content">
        {portal ? (
          <Link to="/" className="brand">
            {portal.branding?.logo ? (
              <img src={portal.branding.logo} alt="" className="brand-logo" />
            ) : (
              <span className="brand-mark" aria-hidden="true">
                {initial(portal.name)}
              </span>
            )}
            <span className="brand-name">{portal.name}</span>
          </Link>
        ) : (
          <span className="brand" aria-hidden="true">
            <span className="brand-mark" />
          </span>
        )}
        <div className="header-tools">
          <SchemeMenu />
          {portal?.person ? <PersonMenu person={portal.person} /> : portal && <SignInLink />}
        </div>
      </div>
    </header>
  )
}

function SchemeMenu() {
  const [scheme, setScheme] = useState(savedScheme)
  return (
    <Menu
      label={t`Colour scheme`}
      icon={scheme === 'light' ? 'sun' : scheme === 'dark' ? 'moon' : 'system'}
      value={scheme}
      items={[
        { value: 'light', label: t`Light`, icon: 'sun' },
        { value: 'dark', label: t`Dark`, icon: 'moon' },
        { value: '', label: t`System`, icon: 'system' },
      ]}
      onChange={(chosen) => {
        saveScheme(chosen)
        setScheme(chosen)
      }}
    />
  )
}

function SignInLink() {
  const location = useLocation()
  if (isSignIn(location.pathname)) return null
  return <LinkButton className="header-link" to={signInPath(location)}>{t`Sign in`}</LinkButton>
}

/** @param {{person: import('../sdk/portal.js').Person}} props */
function PersonMenu({ person }) {
  const name = person.display_name || person.username
  return (
    <Menu
      label={name}
      className="person-menu"
      items={[
        { to: '/account', label: t`Account`, icon: 'person' },
        { to: '/sign-out', state: { now: true }, label: t`Sign out`, icon: 'exit' },
      ]}
    >
      {person.photo ? (
        <img src={person.photo} alt="" className="avatar" />
      ) : (
        <span className="avatar" aria-hidden="true">
          {initial(name)}
        </span>
      )}
      <span className="visually-hidden">{t`Signed in as`}</span>
      <span className="person-name">{name}</span>
    </Menu>
  )
}
