import './pinned.css'
import { t } from '@portal/i18n'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Button } from '../../kit/Button.jsx'
import { Dialog } from '../../kit/dialog/index.js'
import { Problem } from '../../kit/Notice.jsx'
import { Tile } from '../../kit/Tile.jsx'
import { MOST_PINNED, savePinned } from './pinned.js'

/**
 * The dialog in which a person chooses the apps that come first, and their order.
 * @param {{apps: import('../../sdk/portal.js').App[], pinned: string[], onClose: () => void}} props
 */
export function PinnedDialog({ apps, pinned, onClose }) {
  const client = useQueryClient()
  const [names, setNames] = useState(pinned)
  // The list keeps its order while boxes are ticked, so that nothing moves under the finger.
  const [order] = useState(() => [
    ...apps.filter(({ name }) => pinned.includes(name)),
    ...apps.filter(({ name }) => !pinned.includes(name)),
  ])
  const save = useMutation({
    mutationFn: () => savePinned(client, names),
    onSuccess: onClose,
  })
  const toggle = (name) =>
    setNames(names.includes(name) ? names.filter((other) => other !== name) : [...names, name])

  return (
    <Dialog
      title={t`Pinned apps`}
      onClose={onClose}
      actions={
        <>
          <Button onClick={onClose}>{t`Cancel`}</Button>
          <Button kind="primary" busy={save.isPending} onClick={() => save.mutate()}>
            {t`Save`}
          </Button>
        </>
      }
    >
      <p className="help">{t`Pinned apps come first on the home page and in the menu, in the order in which you tick them.`}</p>
      {save.error && <Problem error={save.error} />}
      <ul role="list" className="pin-list">
        {order.map(({ name, title, icon }) => (
          <li key={name}>
            <label>
              <input
                type="checkbox"
                checked={names.includes(name)}
                disabled={!names.includes(name) && names.length >= MOST_PINNED}
                onChange={() => toggle(name)}
              />
              <Tile title={title} icon={icon} size="small" />
              <span>{title}</span>
              {names.includes(name) && <span className="help">{names.indexOf(name) + 1}</span>}
            </label>
          </li>
        ))}
      </ul>
    </Dialog>
  )
}
