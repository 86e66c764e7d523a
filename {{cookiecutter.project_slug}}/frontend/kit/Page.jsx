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
 * Names the browser's tab, and moves the focus to the heading after each navigation, so that a screen reader reads the new page.
 * @param {string} [title] absent: the portal's own name
 */
export function usePageHeading(title) {
  const { name } = usePortal()
  const { key } = useLocation()
  /** @type {import('react').RefObject<HTMLHeadingElement | null>} */
  const heading = useRef(null)
  useEffect(() => {
    document.title = title ? `${title} · ${name}` : name
  }, [title, name])
  useEffect(() => {
    if (key !== 'default') heading.current?.focus({ preventScroll: true }) // 'default' is the first page, which the browser announces
  }, [key])
  return heading
}
