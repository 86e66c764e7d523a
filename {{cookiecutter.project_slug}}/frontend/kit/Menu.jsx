import { useId, useRef } from '@portal/sdk'
import { Icon } from './Icon.jsx'

/**
 * A button that opens a list of choices, one of which is in force. The browser's own popover does the rest: it closes on Escape and on
 * a click elsewhere, lies above everything, and gives the focus back.
 * @param {{label: string, icon: string, items: {value: string, label: string, icon?: string}[], value: string, onChange: (value: any) => void}} props
 */
export function Menu({ label, icon, items, value, onChange }) {
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
    if (event.newState === 'open')
      choices()
        .find((choice) => choice.ariaChecked === 'true')
        ?.focus()
  }

  function move(event) {
    const all = choices()
    const at = all.findIndex((choice) => choice === document.activeElement)
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: -1 }[event.key]
    if (to === undefined) return
    event.preventDefault()
    all.at(to % all.length).focus()
  }

  return (
    <>
      <button
        ref={button}
        type="button"
        className="icon-button"
        popoverTarget={id}
        aria-haspopup="menu"
        aria-label={label}
        title={label}
      >
        <Icon name={icon} />
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
        {items.map((item) => (
          <button
            key={item.value}
            type="button"
            role="menuitemradio"
            aria-checked={item.value === value}
            onClick={() => {
              onChange(item.value)
              list.current.hidePopover()
            }}
          >
            <Icon name={item.icon} />
            <span>{item.label}</span>
            <Icon name={item.value === value ? 'check' : ''} />
          </button>
        ))}
      </div>
    </>
  )
}
