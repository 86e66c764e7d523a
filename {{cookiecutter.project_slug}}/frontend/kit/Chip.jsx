import './chip.css'
import { Icon } from './Icon.jsx'

/**
 * A short word about the state of something, in a rounded frame. The colour only repeats what the word says.
 * @param {{tone?: 'good' | 'warn' | 'bad' | 'info', icon?: string, children: import('react').ReactNode}} props `icon` is one of the names in
 *   Icon.jsx
 */
export function Chip({ tone, icon, children }) {
  return (
    <span className="chip" data-tone={tone}>
      <Icon name={icon} />
      {children}
    </span>
  )
}
