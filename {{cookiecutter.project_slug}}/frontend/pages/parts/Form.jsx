import { useEffect, useRef } from 'react'
import { useMutation } from '@tanstack/react-query'
import { Button, Notice, Problem } from '../../kit/index.js'
import { ApiError } from '../../sdk/index.js'
import { Refused } from '../allauth.js'
import { Cancelled } from './Reauthentication.jsx'
import { tooManyAttempts } from './rateLimit.js'

/**
 * A form that hands its fields to `send`. What is refused about a field stands at that field: `children` ask for it by the field's name.
 * All else stands above the button.
 * @param {{send: (fields: any) => Promise<any>, submit: string, children: (fieldError: (name: string) => string | undefined) => any,
 *   actions?: import('react').ReactNode, explain?: (fieldError: import('../allauth.js').FieldError) => string | undefined}} props
 *   `explain` has better words than allauth for some codes
 */
export function Form({ send, submit, children, actions, explain = () => undefined }) {
  /** @type {import('react').RefObject<HTMLFormElement | null>} */
  const form = useRef(null)
  const { mutate, isPending, error } = useMutation({ mutationFn: send })
  const fieldErrors = error instanceof Refused ? error.fieldErrors : []
  const words = (fieldError) => explain(fieldError) ?? fieldError.message
  const named = new Set()

  useEffect(() => {
    if (!(error instanceof Refused)) return
    const field =
      form.current.querySelector('[aria-invalid]') ?? form.current.querySelector('[type=password]')
    if (field instanceof HTMLElement) field.focus()
  }, [error])

  function submitted(event) {
    event.preventDefault()
    if (!isPending) mutate(Object.fromEntries(new FormData(event.currentTarget)))
  }

  const fields = children((name) => {
    named.add(name)
    const mine = fieldErrors.filter(({ param }) => param === name)
    return mine.length ? mine.map(words).join(' ') : undefined
  })
  const others = fieldErrors.filter(({ param }) => !named.has(param)).map(words)

  return (
    <form ref={form} className="stack" onSubmit={submitted}>
      {fields}
      {others.length > 0 && <Notice kind="bad">{others.join(' ')}</Notice>}
      <FormProblem error={error} />
      <div className="row form-actions">
        <Button type="submit" kind="primary" busy={isPending}>
          {submit}
        </Button>
        {actions}
      </div>
    </form>
  )
}

/**
 * What went wrong with an action, other than what was refused about its fields.
 * @param {{error: any}} props
 */
export function FormProblem({ error }) {
  if (!error || error instanceof Refused || error instanceof Cancelled) return null
  if (error instanceof ApiError && error.status === 429)
    return <Notice kind="bad">{tooManyAttempts(error.retryAfter)}</Notice>
  return <Problem error={error} />
}
