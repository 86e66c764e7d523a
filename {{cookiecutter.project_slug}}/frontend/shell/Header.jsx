import { t } from '@portal/i18n'
import { Link, useLocation } from 'react-router'
import { LinkButton } from '../kit/Button.jsx'
import { Icon } from '../kit/Icon.jsx'
import { Avatar, initial } from '../kit/Tile.jsx'
import { isSignIn, signInPath } from '../sdk/paths.js'

/** @typedef {import('../sdk/portal.js').Portal} Portal */

/**
 * The bar above every page. Without the portal's data it is a placeholder.
 * @param {{portal?: Portal, tools?: typeof import('./tools/index.js'), onMenu: () => void, onSearch: () => void}} props `tools` is the lazy
 *   part with the menus: until it arrives, the header shows them without a function
 */
export function Header({ portal, tools, onMenu, onSearch }) {
  const person = portal?.person
  return (
    <header className="header">
      {person && <IconButton icon="menu" label={t`Menu`} className="phone" popup onClick={onMenu} />}
      {portal ? <Brand portal={portal} /> : <span className="brand" aria-hidden="true" />}
      {person && (
        <button type="button" className="search-button" aria-haspopup="dialog" onClick={onSearch}>
          <Icon name="search" />
          <span className="cut">{t`Search or go to…`}</span>
          <kbd aria-hidden="true">{t`Ctrl K`}</kbd>
        </button>
      )}
      <div className="header-tools">
        {person && <IconButton icon="search" label={t`Search`} className="phone" popup onClick={onSearch} />}
        {portal && (tools ? <tools.Tools portal={portal} /> : person && <Placeholder portal={portal} />)}
        {portal && !person && <SignInLink />}
      </div>
    </header>
  )
}

/** @param {{portal: Portal}} props */
function Brand({ portal }) {
  return (
    <Link to="/" className="brand">
      {portal.branding?.logo ? (
        <img src={portal.branding.logo} alt="" className="brand-logo" />
      ) : (
        <span className="brand-mark" aria-hidden="true">
          {initial(portal.name)}
        </span>
      )}
      <span className="cut">{portal.name}</span>
    </Link>
  )
}

/** @param {{icon: string, label: string, className?: string, popup?: boolean, onClick: () => void}} props */
function IconButton({ icon, label, className = '', popup, onClick }) {
  return (
    <button
      type="button"
      className={`icon-button ${className}`}
      aria-label={label}
      aria-haspopup={popup ? 'dialog' : undefined}
      title={label}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  )
}

/** The bell and the person's menu until they arrive, in the same size. @param {{portal: Portal}} props */
function Placeholder({ portal: { person, unread } }) {
  const name = person.display_name || person.username
  return (
    <>
      <span className="icon-button" aria-hidden="true">
        <Icon name="bell" />
        {unread > 0 && <span className="count-badge">{unread > 99 ? '99+' : unread}</span>}
      </span>
      <span className="person-menu">
        <Avatar person={{ ...person, display_name: name }} size="header" />
        <span className="visually-hidden">{t`Signed in as`}</span>
        <span className="person-name cut">{name}</span>
      </span>
    </>
  )
}

function SignInLink() {
  const location = useLocation()
  if (isSignIn(location.pathname)) return null
  return <LinkButton to={signInPath(location)}>{t`Sign in`}</LinkButton>
}
