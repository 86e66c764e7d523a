import { t } from '@portal/words'
import { useState } from 'react'
import { Link } from 'react-router'
import { Menu } from '../kit/Menu.jsx'
import { initial } from '../kit/Tile.jsx'
import { rememberScheme, rememberedScheme } from './scheme.js'

/** @param {{portal?: import('../sdk/portal.js').Portal}} props */
export function Header({ portal }) {
  return (
    <header className="header">
      <div className="header-inside">
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
          {portal?.person && <Person person={portal.person} />}
        </div>
      </div>
    </header>
  )
}

function SchemeMenu() {
  const [scheme, setScheme] = useState(rememberedScheme)
  return (
    <Menu
      label={t`Colours`}
      icon={scheme === 'light' ? 'sun' : scheme === 'dark' ? 'moon' : 'system'}
      value={scheme}
      items={[
        { value: 'light', label: t`Light`, icon: 'sun' },
        { value: 'dark', label: t`Dark`, icon: 'moon' },
        { value: '', label: t`As the system`, icon: 'system' },
      ]}
      onChange={(chosen) => {
        rememberScheme(chosen)
        setScheme(chosen)
      }}
    />
  )
}

/** @param {{person: import('../sdk/portal.js').Person}} props */
function Person({ person }) {
  const name = person.display_name || person.username
  return (
    <span className="person" title={name}>
      {person.photo ? (
        <img src={person.photo} alt="" className="avatar" />
      ) : (
        <span className="avatar" aria-hidden="true">
          {initial(name)}
        </span>
      )}
      <span className="for-screen-readers">{t`Signed in as`}</span>
      <span className="person-name">{name}</span>
    </span>
  )
}
