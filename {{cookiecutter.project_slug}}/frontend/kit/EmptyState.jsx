import { Tile } from './Tile.jsx'

/**
 * A message in place of an empty list. Say what appears here and what the reader can do.
 * @param {{icon?: string, title: import('react').ReactNode, children?: import('react').ReactNode, level?: 'h1' | 'h2' | 'h3'}} props
 *   `icon` is one of the names in icons.js and more-icons.js; `level` is the element of the title; `children` are a paragraph and the button that begins
 */
export function EmptyState({ icon, title, children, level: Heading = 'h2' }) {
  return (
    <div className="empty-state">
      {icon && <Tile title={icon} icon={icon} />}
      <Heading>{title}</Heading>
      {children}
    </div>
  )
}
