import { useEffect, useLocation, usePortal, useRef } from '@portal/sdk'

/**
 * The frame of a page. It sets the title of the browser's tab, and moves the keyboard focus to the heading when the page opens.
 * @param {{title: string, lead?: import('react').ReactNode, before?: import('react').ReactNode, actions?: import('react').ReactNode,
 *   narrow?: boolean, children?: import('react').ReactNode}} props
 *   `title` is the heading; `lead` is one sentence below it; `before` is content above it, such as a link back; `actions` are buttons beside
 *   it; `narrow` limits the width, for pages of text or forms
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
 * Set the title of the browser's tab, and move the keyboard focus to the heading of each new page, so that screen readers announce it.
 * `Page` does this. When only the query changes (`?search=…`), the focus stays where the reader types.
 * @param {string} [title] defaults to the name of the portal
 * @returns a ref for the `<h1>`, which needs `tabIndex={-1}`
 */
export function usePageHeading(title) {
  const { name } = usePortal()
  const { key, pathname } = useLocation()
  /** @type {import('react').RefObject<HTMLHeadingElement | null>} */
  const heading = useRef(null)
  // The browser itself announces the first page, whose key is 'default'.
  const announced = useRef(key === 'default' ? pathname : '')
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
