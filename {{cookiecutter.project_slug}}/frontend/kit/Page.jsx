import { t } from '@portal/i18n'
import { Link, useEffect, useLocation, usePortal, useRef } from '@portal/sdk'

/**
 * The frame of a page. It sets the title of the browser's tab, and moves the keyboard focus to the heading when the page opens. A page that
 * is a form gives its first field `autoFocus`: the focus then stays there.
 * @param {{title: string, breadcrumbs?: {title: string, to: string}[], lead?: import('react').ReactNode, before?: import('react').ReactNode,
 *   actions?: import('react').ReactNode, narrow?: boolean, tab?: string, className?: string, children?: import('react').ReactNode}} props
 *   `title` is the heading; `breadcrumbs` are the pages between the home page and this one: `[]` for the first page of an app; `lead` is
 *   one sentence below the heading; `before` is content above it; `actions` are buttons beside it; `narrow` limits the width, for text;
 *   `tab` is the title of the browser's tab, when it is not the heading: '' for the name of the portal
 */
export function Page({
  title,
  breadcrumbs,
  lead,
  before,
  actions,
  narrow = false,
  tab = title,
  className = '',
  children,
}) {
  const heading = usePageHeading(tab)
  return (
    <div className={`page ${className}`} data-narrow={narrow || undefined}>
      <div className="page-header">
        {breadcrumbs && <Breadcrumbs pages={breadcrumbs} title={title} />}
        {before}
        <div className="page-heading">
          <div>
            <h1 ref={heading} tabIndex={-1}>
              {title}
            </h1>
            {lead && <p>{lead}</p>}
          </div>
          {actions && <div className="row">{actions}</div>}
        </div>
      </div>
      {children}
    </div>
  )
}

/**
 * The way from the home page to this page.
 * @param {{pages: {title: string, to: string}[], title: string}} props `title` is the one of this page
 */
export function Breadcrumbs({ pages, title }) {
  return (
    <nav className="crumbs" aria-label={t`Breadcrumbs`}>
      <ol>
        {[{ title: t`Home`, to: '/' }, ...pages].map((page) => (
          <li key={page.to}>
            <Link to={page.to}>{page.title}</Link>
          </li>
        ))}
        <li aria-current="page">{title}</li>
      </ol>
    </nav>
  )
}

/**
 * Set the title of the browser's tab, and move the keyboard focus to the heading of each new page, so that screen readers announce it. The
 * focus stays in a field that has `autoFocus`, and in a menu that the reader has opened since. `Page` does this. When only the query changes (`?search=…`), the focus stays where the
 * reader types.
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
    if (!document.activeElement?.matches('main :is(input, select, textarea), [role=menu]:popover-open *'))
      heading.current?.focus({ preventScroll: true })
  }, [pathname])
  return heading
}
