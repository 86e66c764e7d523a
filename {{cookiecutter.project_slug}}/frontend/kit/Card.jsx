/**
 * A surface for one thing. As a link's content, give the link the class `card` instead.
 * @param {import('react').ComponentProps<'div'>} props
 */
export function Card({ className = '', ...rest }) {
  return <div {...rest} className={`card ${className}`} />
}
