import { t } from '@portal/i18n'
import { Link } from 'react-router'
import { Panel } from '../../kit/Panel.jsx'
import { Skeleton } from '../../kit/Skeleton.jsx'
import { loadAttention, usePart } from '../parts.js'
import { ATTENTION_ROWS, readStorage } from '../storage.js'

const USUAL = 3 // rows

/** The card of what waits for the person. Until it arrives, a placeholder has its size, so that the page does not jump. */
export function Attention() {
  const part = usePart(loadAttention)
  const rows = Number(readStorage(ATTENTION_ROWS)) || USUAL
  if (part) return <part.default rows={rows} />
  return (
    <Panel
      title={t`Needs attention`}
      className="attention"
      action={<Link to="/notifications" className="quiet-link">{t`All notifications`}</Link>}
    >
      <Skeleton shape="row" count={rows} />
    </Panel>
  )
}
