import { Link, useId, useRef } from '@portal/sdk'
import { Icon } from './Icon.jsx'

/**
 * A button that opens a menu. An item with `to` is a link to a page. An item with `value` is a choice: the item of the menu's `value` is
 * checked, and `onChange` gets the value of the item that the reader chooses. The menu closes on Escape and on a click outside.
 * @param {{label: string, icon?: string, children?: import('react').ReactNode, className?: string,
 *   items: {label: string, icon?: string, value?: string, to?: string, state?: any}[], value?: string, onChange?: (value: any) => void}} props
 *   `label` names the menu, and the button unless it has `children`; `children` replace the icon on the button
 */
export function Menu({ label, icon, children, className = 'icon-button', items, value, onChange }) {
  const id = useId()
  /** @type {import('react').RefObject<HTMLDivElement | null>} */
  const list = useRef(null)
  /** @type {import('react').RefObject<HTMLButtonElement | null>} */
  const button = useRef(null)
  const elements = () => /** @type {HTMLElement[]} */ ([...list.current.children])

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

  function focusCheckedItem(event) {
    if (event.newState !== 'open') return
    const all = elements()
    const first = all.find((element) => element.ariaChecked === 'true') ?? all[0]
    first.focus()
  }

  function moveFocus(event) {
    const all = elements()
    const current = all.findIndex((element) => element === document.activeElement)
    const next = { ArrowDown: current + 1, ArrowUp: current - 1, Home: 0, End: -1 }[event.key]
    if (next === undefined) return
    event.preventDefault()
    all.at(next % all.length).focus()
  }

  function choose(chosen) {
    onChange?.(chosen)
    list.current.hidePopover()
  }

  return (
    <>
      <button
        ref={button}
        type="button"
        className={className}
        popoverTarget={id}
        aria-haspopup="menu"
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
        onToggle={focusCheckedItem}
        onKeyDown={moveFocus}
      >
        {items.map((item) =>
          item.to ? (
            <Link key={item.to} role="menuitem" to={item.to} state={item.state} onClick={() => choose()}>
              <Icon name={item.icon} />
              <span>{item.label}</span>
            </Link>
          ) : (
            <button
              key={item.value}
              type="button"
              role="menuitemradio"
              aria-checked={item.value === value}
              onClick={() => choose(item.value)}
            >
              <Icon name={item.icon} />
              <span>{item.label}</span>
              <Icon name={item.value === value ? 'check' : ''} />
            </button>
          ),
        )}
      </div>
    </>
  )
}
