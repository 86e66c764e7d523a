import { t } from '@portal/i18n'
import { useState } from 'react'
import { Dialog } from '../kit/dialog/index.js'
import { readStorage, writeStorage } from '../shell/storage.js'
import { SLASH } from '../shell/tools/searchKeys.js'

/** The dialog with all keys. Keys of one letter can be switched off, because speech input may press them (WCAG 2.1.4). @param {{onClose: () => void}} props */
export function Shortcuts({ onClose }) {
  const [slash, setSlash] = useState(() => readStorage(SLASH) !== 'off')
  const save = (on) => {
    setSlash(on)
    writeStorage(SLASH, on ? '' : 'off')
  }
  const groups = [
    [
      t`Everywhere`,
      [
        [['Ctrl K', '⌘ K', ...(slash ? ['/'] : [])], t`Search or go to`],
        [['Tab', 'Shift Tab'], t`Next and previous link, button or field`],
        [['Esc'], t`Close a dialog or a menu`],
      ],
    ],
    [
      t`In the search`,
      [
        [['↑', '↓'], t`Choose a line`],
        [['Page Up', 'Page Down'], t`Choose five lines further`],
        [['Enter'], t`Open it`],
        [['Ctrl Enter', '⌘ Enter'], t`Open it in a new tab`],
      ],
    ],
    [
      t`In a menu`,
      [
        [['↑', '↓', 'Home', 'End'], t`Choose an item`],
        [['A … Z'], t`Choose the item that begins with the letter`],
      ],
    ],
  ]
  return (
    <Dialog title={t`Keyboard shortcuts`} onClose={onClose}>
      {groups.map(([title, keys]) => (
        <section key={String(title)}>
          <h3>{title}</h3>
          <dl className="palette-shortcuts">
            {
              /** @type {[string[], string][]} */ (keys).map(([names, meaning]) => (
                <div key={meaning}>
                  <dt>
                    {names.map((name) => (
                      <kbd key={name}>{name}</kbd>
                    ))}
                  </dt>
                  <dd>{meaning}</dd>
                </div>
              ))
            }
          </dl>
        </section>
      ))}
      <label className="palette-slash">
        <input type="checkbox" checked={slash} onChange={(event) => save(event.target.checked)} />
        <span>
          {t`Open the search with the key /`}
          <span className="help">{t`Applies to this browser. Switch it off if you use speech input.`}</span>
        </span>
      </label>
    </Dialog>
  )
}
