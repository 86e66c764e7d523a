import { useEffect, useRef } from 'react'
import { usePageHeading } from '../../kit/Page.jsx'
import '../pages.css'

/**
 * The frame of a page with one thing to do, such as signing in. When that is done and another title says what is next, the focus goes
 * there.
 * @param {{title: string, lead?: import('react').ReactNode, children?: import('react').ReactNode}} props
 */
export function FormPage({ title, lead, children }) {
  const heading = usePageHeading(title)
  const before = useRef(title)
  useEffect(() => {
    if (before.current !== title) heading.current.focus({ preventScroll: true })
    before.current = title
  }, [title, heading])
  return (
    <div className="page form-page">
      <div className="card stack">
        <div className="form-page-header">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead && <p className="form-page-lead">{lead}</p>}
        </div>
        {children}
      </div>
    </div>
  )
}
