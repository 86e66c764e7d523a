import './tabs.css'
import { NavLink, useEffect, useLocation, useRef } from '@portal/sdk'

/**
 * Links to the parts of a page. Each tab has an address, so it can be opened, shared and left with the back button like any page. So these
 * are links in a `<nav>`, not the pattern `tablist`. Where they do not fit, they scroll, and the current one is in view.
 * @param {{label: string, items: {to: string, title: import('react').ReactNode, count?: number, end?: boolean}[]}} props `label` names the
 *   navigation for screen readers; `count` is shown after the title; `end`: the tab is current only at exactly this path, as for the first
 *   tab of a page
 */
export function Tabs({ label, items }) {
  /** @type {import('react').RefObject<HTMLElement | null>} */
  const nav = useRef(null)
  const { pathname } = useLocation()
  useEffect(() => {
    const current = nav.current.querySelector('[aria-current]')
    if (!current) return
    // scrollIntoView() would also scroll the page.
    const [tab, frame] = [current.getBoundingClientRect(), nav.current.getBoundingClientRect()]
    nav.current.scrollLeft += (tab.left + tab.right - frame.left - frame.right) / 2
  }, [pathname])
  return (
    <nav ref={nav} className="tabs" aria-label={label}>
      {items.map(({ to, title, count, end }) => (
        <NavLink key={to} to={to} end={end} replace>
          {title}
          {count ? <span className="count-badge">{count}</span> : null}
        </NavLink>
      ))}
    </nav>
  )
}
