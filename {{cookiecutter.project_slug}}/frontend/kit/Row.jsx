import { Link } from '@portal/sdk'
import { Avatar, Tile } from './Tile.jsx'

/**
 * A list of `<Row>`s. It takes the properties of `<ul>`.
 * @param {import('react').ComponentProps<'ul'>} props
 */
export function Rows({ className = '', ...rest }) {
  return <ul role="list" {...rest} className={`items ${className}`} />
}

/**
 * One row of `<Rows>`: a tile or an avatar, a bold title, one soft line, and one thing at the end. The whole row is the link; buttons at the
 * end lie above the link.
 * @param {object} props
 * @param {import('react').ReactNode} props.title
 * @param {import('react').ReactNode} [props.detail] the soft line below the title
 * @param {string} [props.to] a path of the portal
 * @param {string} [props.href] another address, such as `mailto:…`
 * @param {any} [props.state] the state that React Router's `<Link>` passes on
 * @param {{title: string, icon?: string}} [props.tile] an app, or another thing with a title
 * @param {{display_name: string, photo?: string | null}} [props.avatar] a person
 * @param {import('react').ReactNode} [props.end] a time, a chip, an icon or buttons
 * @param {boolean} [props.wrap] where the page is narrow, show the end below the words
 * @param {() => void} [props.onClick] called when the link is followed
 */
export function Row({ title, detail, to, href, state, tile, avatar, end, wrap = false, onClick }) {
  const LinkElement = /** @type {any} */ (to === undefined ? 'a' : Link)
  const target = to === undefined ? { href } : { to, state }
  return (
    <li>
      <div className="item" data-wrap={wrap || undefined}>
        {tile ? <Tile {...tile} /> : avatar && <Avatar person={avatar} />}
        <div className="item-words">
          {to === undefined && href === undefined ? (
            <span className="item-title">{title}</span>
          ) : (
            <LinkElement {...target} className="item-link item-title" onClick={onClick}>
              {title}
            </LinkElement>
          )}
          {detail && <span className="help">{detail}</span>}
        </div>
        {end && <div className="item-end">{end}</div>}
      </div>
    </li>
  )
}
