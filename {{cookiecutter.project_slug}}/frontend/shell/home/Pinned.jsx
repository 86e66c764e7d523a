import { t } from '@portal/i18n'
import { useState } from 'react'
import { Link } from 'react-router'
import { Button } from '../../kit/Button.jsx'
import { Panel } from '../../kit/Panel.jsx'
import { Tile } from '../../kit/Tile.jsx'
import { appsOf } from '../apps.js'
import { loadTools, usePart } from '../parts.js'

/** The apps that the person pinned, with the button that changes them. @param {{portal: import('../../sdk/portal.js').Portal}} props */
export function Pinned({ portal: { apps, pinned } }) {
  const [changing, setChanging] = useState(false)
  const tools = usePart(loadTools)
  return (
    <Panel
      title={t`Pinned`}
      action={
        <Button kind="quiet" aria-haspopup="dialog" onClick={() => setChanging(true)}>
          {t`Change`}
        </Button>
      }
    >
      {pinned.length === 0 ? (
        <p className="help">{t`Pin the apps that you use most. They come first in the menu too.`}</p>
      ) : (
        <ul role="list" className="launcher" data-flush>
          {appsOf(pinned, apps).map((app) => (
            <li key={app.name}>
              <Link to={`/${app.name}`} title={app.title}>
                <Tile title={app.title} icon={app.icon} size="header" />
                <span className="cut">{app.title}</span>
              </Link>
            </li>
          ))}
        </ul>
      )}
      {changing && tools && (
        <tools.PinnedDialog apps={apps} pinned={pinned} onClose={() => setChanging(false)} />
      )}
    </Panel>
  )
}
