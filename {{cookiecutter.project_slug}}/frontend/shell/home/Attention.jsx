import { t } from '@portal/i18n'
import { Link } from 'react-router'
import { Panel } from '../../kit/Panel.jsx'
import { Skeleton } from '../../kit/Skeleton.jsx'
import { loadAttention, usePart } from '../parts.js'

const KEY = 'portal-attention' // in localStorage: how many rows the card had the last time

/** The card of what waits for the person. Until it arrives, a placeholder has its size, so that the page does not jump. */
export function Attention() {
  const part = usePart(loadAttention)
  if (part) return <part.default />
  return (
    <Panel
      title={t`Needs attention`}
      className="attention"
      action={<Link to="/notifications" className="quiet-link">{t`All notifications`}</Link>}
    >
      <Skeleton shape="row" count={rowsLastTime()} />
    </Panel>
  )
}

function rowsLastTime() {
  try {
    return Math.min(Number(localStorage.getItem(KEY)) || 3, 5)
  } catch {
    return 3 // this browser blocks localStorage
  }
}
