import { useEffect, useRef } from '@portal/sdk'
import { usePageHeading } from '@portal/ui'
import './forms.css'

/**
 * A page with a single task, such as signing in. When the title changes to that of the next step, the heading gets the focus.
 * @param {{title: string, lead?: import('react').ReactNode, children?: import('react').ReactNode}} props
 */
export function FormPage({ title, lead, children }) {
  const heading = usePageHeading(title)
  const previousTitle = useRef(title)
  useEffect(() => {
    if (previousTitle.current !== title) heading.current.focus({ preventScroll: true })
    previousTitle.current = title
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
