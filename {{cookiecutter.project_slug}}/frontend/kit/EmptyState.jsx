import { Icon } from './Icon.jsx'

/**
 * A message in place of an empty list. Say what appears here and what the reader can do.
 * @param {{icon?: string, title: import('react').ReactNode, children?: import('react').ReactNode, level?: 'h1' | 'h2' | 'h3'}} props
 *   `icon` is one of the names in Icon.jsx; `level` is the element of the title
 */
export function EmptyState({ icon, title, children, level: Heading = 'h2' }) {
  return (
    <div className="empty-state">
      <Icon name={icon} />
      <Heading>{title}</Heading>
      {children}
    </div>
  )
}
