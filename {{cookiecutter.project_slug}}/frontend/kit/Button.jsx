import { Link } from '@portal/sdk'

/**
 * @param {{kind?: 'plain' | 'primary' | 'quiet', busy?: boolean} & import('react').ComponentProps<'button'>} props
 */
export function Button({ kind = 'plain', busy = false, type = 'button', className = '', ...rest }) {
  // A busy button keeps the focus, which a disabled one would lose; it does not act twice.
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
 * A link to another page, with the looks of a button.
 * @param {{kind?: 'plain' | 'primary' | 'quiet'} & import('react').ComponentProps<typeof Link>} props
 */
export function LinkButton({ kind = 'plain', className = '', ...rest }) {
  return <Link {...rest} className={`button ${className}`} data-kind={kind} />
}
