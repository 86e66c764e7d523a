import { useId } from '@portal/sdk'

/**
 * A card with a heading of its own. Do not put a card into a card.
 * @param {{title?: import('react').ReactNode, count?: import('react').ReactNode, action?: import('react').ReactNode,
 *   footer?: import('react').ReactNode, level?: 'h2' | 'h3', className?: string, children?: import('react').ReactNode}
 *   & Omit<import('react').ComponentProps<'section'>, 'title'>} props
 *   `count` is a number after the title; `action` is a link or button at the end of the heading's line; `level` is the element of the
 *   title; `<Rows>` and elements with `data-flush` reach the card's edges
 */
export function Panel({
  title,
  count,
  action,
  footer,
  level: Heading = 'h2',
  className = '',
  children,
  ...rest
}) {
  const id = useId()
  return (
    <section aria-labelledby={title ? id : undefined} {...rest} className={`panel ${className}`}>
      {(title || action) && (
        <div className="panel-head">
          {title && (
            <Heading id={id}>
              {title}
              {count !== undefined && <span className="count"> {count}</span>}
            </Heading>
          )}
          {action}
        </div>
      )}
      <div className="panel-body">{children}</div>
      {footer && <div className="panel-foot">{footer}</div>}
    </section>
  )
}

/**
 * Cards of equal size, as many beside each other as fit.
 * @param {{children: import('react').ReactNode}} props
 */
export function Panels({ children }) {
  return <div className="panels">{children}</div>
}

/**
 * Two columns where the page is wide enough, otherwise one below the other.
 * @param {{kind?: 'side' | 'even' | 'start', children: import('react').ReactNode}} props `kind`: `side` is a wide column with a narrow one
 *   after it, `start` a narrow column before a wide one, `even` two halves; the children are the two columns
 */
export function Split({ kind = 'side', children }) {
  return (
    <div className="split" data-kind={kind}>
      {children}
    </div>
  )
}

/** Cards below each other, for one column of `<Split>`. @param {{children: import('react').ReactNode}} props */
export function Column({ children }) {
  return <div className="column">{children}</div>
}
