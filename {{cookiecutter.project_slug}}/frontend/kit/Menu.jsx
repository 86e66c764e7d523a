import './menu.css'
import { Link, useId, useRef } from '@portal/sdk'
import { Icon } from './Icon.jsx'

const TYPING_PAUSE = 500 // milliseconds after which the next key begins another word

/**
 * @typedef {{label: string, icon?: string, value?: string, to?: string, href?: string, state?: any, lang?: string}} Item
 * @typedef {{label?: string, items: Item[], value?: string, onChange?: (value: any) => void, segments?: boolean}} Group
 */

/**
 * A button that opens a menu, after the pattern of WAI-ARIA: the arrow keys, Home and End move between the items, letters find one, Escape
 * and Tab close the menu, and so does a click outside. An item with `to` is a link to a page, with `href` to another address. An item with
 * `value` is a choice: the item of the group's `value` is checked, and `onChange` gets the value of the item that the reader chooses.
 * @param {{label: string, icon?: string, children?: import('react').ReactNode, className?: string, heading?: import('react').ReactNode,
 *   items?: Item[], value?: string, onChange?: (value: any) => void, groups?: Group[]}} props
 *   `label` names the menu, and the button unless it has `children`; `children` replace the icon on the button; `heading` is shown above the
 *   items, and screen readers skip it; `groups` replace `items`; `segments` shows the items of a group side by side
 */
export function Menu({
  label,
  icon,
  children,
  className = 'icon-button',
  heading,
  items = [],
  value,
  onChange,
  groups = [{ items, value, onChange }],
}) {
  const id = useId()
  /** @type {import('react').RefObject<HTMLDivElement | null>} */
  const list = useRef(null)
  /** @type {import('react').RefObject<HTMLButtonElement | null>} */
  const button = useRef(null)
  const arrow = useRef('') // the key that opens the menu
  const typed = useRef({ text: '', at: 0 })
  const elements = () => /** @type {HTMLElement[]} */ ([...list.current.querySelectorAll('[role^=menuitem]')])

  function positionBelowButton(event) {
    if (event.newState !== 'open') return
    const { right, bottom, left } = button.current.getBoundingClientRect()
    const end =
      getComputedStyle(button.current).direction === 'rtl'
        ? left
        : document.documentElement.clientWidth - right
    list.current.style.insetBlockStart = `${bottom + 6}px`
    list.current.style.insetInlineEnd = `${end}px`
  }

  function focusFirstItem(event) {
    if (event.newState !== 'open') return
    const all = elements()
    const checked = groups.length === 1 && all.find((element) => element.ariaChecked === 'true')
    const target = { ArrowDown: all[0], ArrowUp: all.at(-1) }[arrow.current] ?? (checked || all[0])
    target.focus()
    arrow.current = ''
  }

  function openWithArrow(event) {
    if (event.key !== 'ArrowDown' && event.key !== 'ArrowUp') return
    event.preventDefault()
    arrow.current = event.key
    list.current.showPopover()
  }

  function moveFocus(event) {
    const { key } = event
    if (key === 'Tab') {
      list.current.hidePopover() // which returns the focus to the button; the browser then moves it on
      return
    }
    const all = elements()
    const current = all.findIndex((element) => element === document.activeElement)
    const next =
      { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: -1 }[key] ?? find(all, current, event)
    if (next === undefined) return
    event.preventDefault()
    all.at(next % all.length).focus()
  }

  /** Find the next item that begins with what the reader types. Returns its index, or undefined. */
  function find(all, current, { key, ctrlKey, metaKey, altKey, timeStamp }) {
    if (key.length !== 1 || key === ' ' || ctrlKey || metaKey || altKey) return undefined
    const begins = timeStamp - typed.current.at > TYPING_PAUSE
    const text = (begins ? '' : typed.current.text) + key.toLocaleLowerCase()
    typed.current = { text, at: timeStamp }
    const order = all.map((_, index) => (current + index + (begins ? 1 : 0)) % all.length)
    return order.find((index) => all[index].textContent.trim().toLocaleLowerCase().startsWith(text))
  }

  function choose(change, chosen) {
    list.current.hidePopover()
    change?.(chosen)
  }

  return (
    <>
      <button
        ref={button}
        type="button"
        className={className}
        popoverTarget={id}
        aria-haspopup="menu"
        onKeyDown={openWithArrow}
        {...(children ? {} : { 'aria-label': label, title: label })}
      >
        {children ?? <Icon name={icon} />}
      </button>
      <div
        ref={list}
        id={id}
        popover="auto"
        role="menu"
        aria-label={label}
        className="menu"
        tabIndex={-1}
        onBeforeToggle={positionBelowButton}
        onToggle={focusFirstItem}
        onKeyDown={moveFocus}
      >
        {heading && (
          <div className="menu-heading" aria-hidden="true">
            {heading}
          </div>
        )}
        {groups.map((group, index) => (
          <div
            key={index}
            className="menu-group"
            data-segments={group.segments || undefined}
            role={group.label ? 'group' : 'none'}
            aria-label={group.label}
          >
            {group.items.map((item) => (
              <MenuItem
                key={item.to ?? item.href ?? item.value}
                item={item}
                checked={item.value === group.value}
                onChoose={(chosen) => choose(group.onChange, chosen)}
              />
            ))}
          </div>
        ))}
      </div>
    </>
  )
}

/** @param {{item: Item, checked: boolean, onChoose: (value?: string) => void}} props */
function MenuItem({ item: { label, icon, value, to, href, state, lang }, checked, onChoose }) {
  const content = (
    <>
      <Icon name={icon} />
      <span lang={lang}>{label}</span>
    </>
  )
  if (to !== undefined) {
    return (
      <Link role="menuitem" tabIndex={-1} to={to} state={state} onClick={() => onChoose()}>
        {content}
      </Link>
    )
  }
  if (href !== undefined) {
    return (
      <a role="menuitem" tabIndex={-1} href={href} onClick={() => onChoose()}>
        {content}
      </a>
    )
  }
  return (
    <button
      type="button"
      role="menuitemradio"
      tabIndex={-1}
      aria-checked={checked}
      onClick={() => onChoose(value)}
    >
      {content}
      <Icon name={checked ? 'check' : ''} />
    </button>
  )
}
