import './tabs.css'
import { NavLink } from '@portal/sdk'

/**
 * Links to the parts of a page. Each tab has an address, so it can be opened, shared and left with the back button like any page. So these
 * are links in a `<nav>`, not the pattern `tablist`.
 * @param {{label: string, items: {to: string, title: import('react').ReactNode, count?: number, end?: boolean}[]}} props `label` names the
 *   navigation for screen readers; `count` is shown after the title; `end`: the tab is current only at exactly this path, as for the first
 *   tab of a page
 */
export function Tabs({ label, items }) {
  return (
    <nav className="tabs" aria-label={label}>
      {items.map(({ to, title, count, end }) => (
        <NavLink key={to} to={to} end={end} replace>
          {title}
          {count ? <span className="count-badge">{count}</span> : null}
        </NavLink>
      ))}
    </nav>
  )
}
