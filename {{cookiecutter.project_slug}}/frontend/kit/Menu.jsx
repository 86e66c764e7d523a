import { Link, useId, useRef } from '@portal/sdk'
import { Icon } from './Icon.jsx'

/**
 * A button that opens a list: of choices, one of which is in force (`value`, told to `onChange`), or of pages to go to (`to`). The
 * browser's own popover does the rest: it closes on Escape and on a click elsewhere, lies above everything, and gives the focus back.
 * @param {{label: string, icon?: string, children?: import('react').ReactNode, className?: string,
 *   items: {label: string, icon?: string, value?: string, to?: string, state?: any}[], value?: string, onChange?: (value: any) => void}} props
 *   `children` stand on the button in place of the icon, and name it
 */
export function Menu({ label, icon, children, className = 'icon-button', items, value, onChange }) {
  const id = useId()
  /** @type {import('react').RefObject<HTMLDivElement | null>} */
  const list = useRef(null)
  /** @type {import('react').RefObject<HTMLButtonElement | null>} */
  const button = useRef(null)
  const choices = () => /** @type {HTMLElement[]} */ ([...list.current.children])

  function place(event) {
    if (event.newState !== 'open') return
    const { right, bottom, left } = button.current.getBoundingClientRect()
    const end =
      getComputedStyle(button.current).direction === 'rtl'
        ? left
        : document.documentElement.clientWidth - right
    list.current.style.insetBlockStart = `${bottom + 6}px`
    list.current.style.insetInlineEnd = `${end}px`
  }

  function enter(event) {
    if (event.newState !== 'open') return
    const all = choices()
    const inForce = all.find((choice) => choice.ariaChecked === 'true') ?? all[0]
    inForce.focus()
  }

  function move(event) {
    const all = choices()
    const at = all.findIndex((choice) => choice === document.activeElement)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key]
    if (to === undefined) return
    event.preventDefault()
    all.at(to % all.length).focus()
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
        onBeforeToggle={place}
        onToggle={enter}
        onKeyDown={move}
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
