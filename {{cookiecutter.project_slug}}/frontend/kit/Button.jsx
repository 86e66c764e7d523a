import { Link } from '@portal/sdk'

/**
 * A button. It takes the properties of `<button>`; its `type` is `button` by default, so a form needs `type="submit"`.
 * @param {{kind?: 'plain' | 'primary' | 'quiet' | 'danger', busy?: boolean} & import('react').ComponentProps<'button'>} props
 *   `kind`: `primary` is for the main action of a page or form, `quiet` looks like a link,
 *   `danger` is for what cannot be undone; `busy`: while true, clicks do nothing
 */
export function Button({ kind = 'plain', busy = false, type = 'button', className = '', ...rest }) {
  // A disabled button would lose the keyboard focus, so a busy one is not disabled.
  const guard = busy ? { 'aria-disabled': true, onClick: (event) => event.preventDefault() } : {}
  return (
    <button
      {...rest}
      {...guard}
      type={type}
      className={`button ${className}`}
      data-kind={kind}
      aria-busy={busy || undefined}
    />
  )
}

/**
 * A link to another page of the portal that looks like a button. It takes the properties of React Router's `<Link>`, such as `to`.
 * @param {{kind?: 'plain' | 'primary' | 'quiet'} & import('react').ComponentProps<typeof Link>} props
 */
export function LinkButton({ kind = 'plain', className = '', ...rest }) {
  return <Link {...rest} className={`button ${className}`} data-kind={kind} />
}
