import { Icon } from './Icon.jsx'

/**
 * What stands where nothing is yet: what would be here, and what one can do.
 * @param {{icon?: string, title: import('react').ReactNode, children?: import('react').ReactNode, level?: 'h1' | 'h2' | 'h3'}} props
 */
export function EmptyState({ icon, title, children, level: Heading = 'h2' }) {
  return (
    <div className="empty">
      <Icon name={icon} />
      <Heading>{title}</Heading>
      {children}
    </div>
  )
}
