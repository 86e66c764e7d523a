/**
 * A box with a border for one item of a list or one part of a page. It takes the properties of `<div>`. To make a whole card a link, give
 * the link the CSS class `card` instead.
 * @param {import('react').ComponentProps<'div'>} props
 */
export function Card({ className = '', ...rest }) {
  return <div {...rest} className={`card ${className}`} />
}
