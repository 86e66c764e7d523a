import { Button } from '@portal/ui'

/**
 * A button whose text says little without its row, such as "Change". Screen readers hear what it changes.
 * @param {{of: string, children: import('react').ReactNode} & import('react').ComponentProps<typeof Button>} props
 */
export function ActionButton({ of, children, ...rest }) {
  return (
    <Button {...rest}>
      {children}
      <span className="visually-hidden"> {of}</span>
    </Button>
  )
}
