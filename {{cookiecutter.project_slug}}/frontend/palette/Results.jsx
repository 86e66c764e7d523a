import { t } from '@portal/i18n'
import { Icon } from '../kit/Icon.jsx'
import { Avatar, Tile } from '../kit/Tile.jsx'
import { moreKey } from './keys.js'
import { markMatches } from './matching.js'

/**
 * The lines of the palette, in groups. The field has the keyboard focus: a line is chosen with the arrow keys, or by moving the pointer.
 * @param {object} props
 * @param {string} props.id the list's id is `<id>-list`, that of a line `<id>-<its key>`
 * @param {import('./useGroups.js').Group[]} props.groups
 * @param {string[]} props.words what is marked in the titles
 * @param {string} [props.chosenKey]
 * @param {(key: string) => void} props.onChoose
 * @param {(line: any, inNewTab?: boolean) => void} props.onOpen
 */
export function Results({ id, groups, words, chosenKey, onChoose, onOpen }) {
  const line = (key, open) => ({
    id: `${id}-${key}`,
    role: 'option',
    className: 'palette-line',
    'aria-selected': key === chosenKey,
    onPointerMove: () => key !== chosenKey && onChoose(key),
    onMouseDown: (event) => event.preventDefault(), // the field keeps the focus
    onClick: (event) => open(event.ctrlKey || event.metaKey),
  })
  return (
    <div id={`${id}-list`} role="listbox" aria-label={t`Results`} className="palette-list">
      {groups.map((group) => (
        <div key={group.key} role="group" aria-labelledby={`${id}-${group.key}`}>
          <div id={`${id}-${group.key}`} className="palette-heading" role="presentation">
            {group.title}
          </div>
          {group.items.map((item) => (
            <div key={item.key} {...line(item.key, (inNewTab) => onOpen({ item }, inNewTab))}>
              <Picture item={item} />
              <span className="cut" lang={item.lang}>
                <Marked text={item.title} words={words} />
              </span>
              <span className="palette-place cut">
                {item.detail && <Marked text={item.detail} words={words} />}
              </span>
            </div>
          ))}
          {group.more && (
            <div {...line(moreKey(group), () => onOpen({ more: group.more, group }))}>
              <span className="palette-picture" />
              <span className="palette-more">
                {t`More`}
                <span className="visually-hidden"> {group.title}</span>
              </span>
            </div>
          )}
        </div>
      ))}
    </div>
  )
}

/** @param {{item: import('./destinations.js').Item}} props */
function Picture({ item: { tile, avatar, icon } }) {
  if (tile) return <Tile {...tile} size="small" />
  if (avatar) return <Avatar person={avatar} size="small" />
  return (
    <span className="palette-picture">
      <Icon name={icon} />
    </span>
  )
}

/** A text in which the words of the search are marked. @param {{text: string, words: string[]}} props */
function Marked({ text, words }) {
  if (words.length === 0) return text
  return markMatches(text, words).map(({ text: piece, match }, index) =>
    match ? <mark key={index}>{piece}</mark> : piece,
  )
}
