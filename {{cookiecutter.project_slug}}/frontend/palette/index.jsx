import './palette.css'
import { t } from '@portal/i18n'
import { useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { useNavigate } from 'react-router'
import { Button } from '../kit/Button.jsx'
import { Icon } from '../kit/Icon.jsx'
import { addDialog, removeDialog } from '../kit/openDialogs.js'
import { typedAhead } from '../shell/tools/searchKeys.js'
import { moreKey } from './keys.js'
import { Results } from './Results.jsx'
import { Shortcuts } from './Shortcuts.jsx'
import { State } from './State.jsx'
import { useGroups } from './useGroups.js'

const LONGEST = 100 // characters

/**
 * The search dialog: apps, pages, actions, people and the content of apps. The field keeps the focus, and the arrow keys choose a line (the
 * combobox pattern of WAI-ARIA). It opens when it is rendered, and calls `onClose` once it is closed.
 * @param {{onClose: () => void}} props
 */
export default function Palette({ onClose }) {
  const id = useId()
  const dialog = useDialog()
  const navigate = useNavigate()
  const [query, setQuery] = useState(() => typedAhead.text.slice(0, LONGEST))
  const [chosenKey, setChosenKey] = useState('')
  const [showsShortcuts, setShowsShortcuts] = useState(false)
  const { groups, words, ...state } = useGroups(query)

  const lines = groups.flatMap((group) => [
    ...group.items.map((item) => ({ key: item.key, item })),
    ...(group.more ? [{ key: moreKey(group), more: group.more, group }] : []),
  ])
  const index = Math.max(
    0,
    lines.findIndex(({ key }) => key === chosenKey),
  )
  const chosen = lines[index]

  useEffect(() => {
    typedAhead.text = ''
  }, [])

  useEffect(() => {
    document.getElementById(`${id}-${chosen?.key}`)?.scrollIntoView?.({ block: 'nearest' })
  }, [id, chosen?.key])

  /** Open a line. @param {any} line @param {boolean} [inNewTab] */
  function open(line, inNewTab) {
    if (line.more) {
      const next = line.group.items.length
      line.more()
      setChosenKey(line.group.items[next - 1].key)
      return
    }
    const { to, state: locationState, leaves, run } = line.item
    if (to && inNewTab) {
      window.open(to, '_blank', 'noopener')
      return
    }
    dialog.current.close()
    if (leaves) location.assign(to)
    else if (to) navigate(to, { state: locationState })
    else run()
  }

  function handleKey(event) {
    if (event.nativeEvent.isComposing) return
    const { key, ctrlKey, metaKey } = event
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 5, PageUp: -5 }[key]
    if ((ctrlKey || metaKey) && key.toLowerCase() === 'k') event.currentTarget.select()
    else if (step && lines.length > 0) setChosenKey(lines[moved(index, step, lines.length)].key)
    else if (key === 'Enter' && chosen) open(chosen, ctrlKey || metaKey)
    else return
    event.preventDefault()
  }

  return (
    <dialog
      ref={dialog}
      className="palette"
      aria-label={t`Search`}
      onClose={({ target }) => target === dialog.current && !dialog.current.open && onClose()}
      onClick={({ target }) => target === dialog.current && dialog.current.close()}
    >
      <div className="palette-content">
        <div className="palette-field">
          <Icon name="search" />
          <input
            type="text"
            role="combobox"
            aria-label={t`Search or go to…`}
            aria-expanded={lines.length > 0}
            aria-controls={`${id}-list`}
            aria-autocomplete="list"
            aria-activedescendant={chosen && `${id}-${chosen.key}`}
            autoComplete="off"
            autoCapitalize="off"
            spellCheck={false}
            enterKeyHint="go"
            placeholder={t`Search or go to…`}
            maxLength={LONGEST}
            value={query}
            onChange={(event) => {
              setQuery(event.target.value)
              setChosenKey('')
            }}
            onKeyDown={handleKey}
          />
          <button
            type="button"
            className="icon-button"
            aria-label={t`Close`}
            title={t`Close`}
            onClick={() => dialog.current.close()}
          >
            <Icon name="close" />
          </button>
        </div>
        <Results
          id={id}
          groups={groups}
          words={words}
          chosenKey={chosen?.key}
          onChoose={setChosenKey}
          onOpen={open}
        />
        <State query={query} isEmpty={lines.length === 0} count={lines.length} {...state} />
        <div className="palette-foot">
          <span className="palette-keys" aria-hidden="true">
            <span>
              <kbd>↑</kbd> <kbd>↓</kbd> {t`choose`}
            </span>
            <span>
              <kbd>Enter</kbd> {t`open`}
            </span>
            <span>
              <kbd>Esc</kbd> {t`close`}
            </span>
          </span>
          <Button kind="quiet" aria-haspopup="dialog" onClick={() => setShowsShortcuts(true)}>
            {t`Keyboard shortcuts`}
          </Button>
        </div>
      </div>
      {showsShortcuts && <Shortcuts onClose={() => setShowsShortcuts(false)} />}
    </dialog>
  )
}

/** Move by one line past the end to the other end, and by several to the end. */
function moved(index, step, length) {
  if (Math.abs(step) === 1) return (index + step + length) % length
  return Math.min(Math.max(index + step, 0), length - 1)
}

/** A dialog that is open while it is rendered. If the focus is still in it at the end, it returns to where it was. */
function useDialog() {
  /** @type {import('react').RefObject<HTMLDialogElement | null>} */
  const dialog = useRef(null)
  useLayoutEffect(() => {
    const element = dialog.current
    const before = document.activeElement
    element.showModal()
    element.querySelector('input').focus()
    addDialog(element)
    return () => {
      const hasFocus = element.contains(document.activeElement)
      element.close()
      removeDialog(element)
      if (hasFocus && before instanceof HTMLElement) before.focus({ preventScroll: true })
    }
  }, [])
  return dialog
}
