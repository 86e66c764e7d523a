import { useEffect, useLocation, usePortal, useRef } from '@portal/sdk'

/**
 * A page's frame: its heading, the browser's title, and the focus, which follows the reader to the new page.
 * @param {{title: string, lead?: import('react').ReactNode, before?: import('react').ReactNode, actions?: import('react').ReactNode,
 *   narrow?: boolean, children?: import('react').ReactNode}} props
 */
export function Page({ title, lead, before, actions, narrow = false, children }) {
  const heading = usePageHeading(title)
  return (
    <div className="page" data-narrow={narrow || undefined}>
      <div className="page-header">
        {before}
        <div className="page-heading">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {actions && <div className="page-actions">{actions}</div>}
        </div>
        {lead && <p className="lead">{lead}</p>}
      </div>
      {children}
    </div>
  )
}

/**
 * Names the browser's tab, and moves the focus to the heading of each new page, so that a screen reader reads it. A change of the query
 * (?search=…) is no new page: the focus stays where somebody types.
 * @param {string} [title] absent: the portal's own name
 */
export function usePageHeading(title) {
  const { name } = usePortal()
  const { key, pathname } = useLocation()
  /** @type {import('react').RefObject<HTMLHeadingElement | null>} */
  const heading = useRef(null)
  const announced = useRef(key === 'default' ? pathname : '') // 'default' is the first page, which the browser announces
  useEffect(() => {
    document.title = title ? `${title} · ${name}` : name
  }, [title, name])
  useEffect(() => {
    if (pathname === announced.current) return
    announced.current = pathname
    heading.current?.focus({ preventScroll: true })
  }, [pathname])
  return heading
}
