import { useEffect, useRef } from 'react'
import { usePageHeading } from '../../kit/Page.jsx'
import '../pages.css'

/**
 * The frame of a page with one thing to do, such as signing in. When that is done and another title says what is next, the focus goes
 * there.
 * @param {{title: string, lead?: import('react').ReactNode, children?: import('react').ReactNode}} props
 */
export function Door({ title, lead, children }) {
  const heading = usePageHeading(title)
  const before = useRef(title)
  useEffect(() => {
    if (before.current !== title) heading.current.focus({ preventScroll: true })
    before.current = title
  }, [title, heading])
  return (
    <div className="page door">
      <div className="card stack">
        <div className="door-header">
          <h1 ref={heading} tabIndex={-1}>
            {title}
          </h1>
          {lead && <p className="door-lead">{lead}</p>}
        </div>
        {children}
      </div>
    </div>
  )
}
