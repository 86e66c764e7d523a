import { usePageHeading } from '../../kit/Page.jsx'
import '../pages.css'

/**
 * The frame of a page with one thing to do, such as signing in.
 * @param {{title: string, lead?: import('react').ReactNode, children?: import('react').ReactNode}} props
 */
export function Door({ title, lead, children }) {
  const heading = usePageHeading(title)
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
