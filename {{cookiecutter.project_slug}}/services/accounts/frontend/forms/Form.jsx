import { ApiError, useEffect, useMutation, useRef } from '@portal/sdk'
import { Button, Notice, Problem } from '@portal/ui'
import { ValidationFailed } from '../allauth.js'
import { Cancelled } from './cancelled.js'
import { Limited } from './Limited.jsx'

/**
 * A form that passes its fields to `send`. Errors of a field are shown at the field: `children` gets them by the field's name. Other errors
 * are shown above the button.
 * @param {{send: (fields: any) => Promise<any>, submit: string, children: (fieldError: (name: string) => string | undefined) => any,
 *   actions?: import('react').ReactNode, explain?: (fieldError: import('../allauth.js').FieldError) => string | undefined}} props
 *   `explain` replaces allauth's message of a field error; undefined keeps it
 */
export function Form({ send, submit, children, actions, explain = () => undefined }) {
  /** @type {import('react').RefObject<HTMLFormElement | null>} */
  const form = useRef(null)
  const { mutate, isPending, error } = useMutation({ mutationFn: send })
  const fieldErrors = error instanceof ValidationFailed ? error.fieldErrors : []
  const messageOf = (fieldError) => explain(fieldError) ?? fieldError.message
  const shownAtField = new Set()

  useEffect(() => {
    if (!(error instanceof ValidationFailed)) return
    const field =
      form.current.querySelector('[aria-invalid]') ?? form.current.querySelector('[type=password]')
    if (field instanceof HTMLElement) field.focus()
  }, [error])

  function onSubmit(event) {
    event.preventDefault()
    if (!isPending) mutate(Object.fromEntries(new FormData(event.currentTarget)))
  }

  const fields = children((name) => {
    shownAtField.add(name)
    const errors = fieldErrors.filter(({ param }) => param === name)
    return errors.length ? errors.map(messageOf).join(' ') : undefined
  })
  const otherErrors = fieldErrors.filter(({ param }) => !shownAtField.has(param)).map(messageOf)

  return (
    <form ref={form} className="stack" onSubmit={onSubmit}>
      {fields}
      {otherErrors.length > 0 && <Notice kind="error">{otherErrors.join(' ')}</Notice>}
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
 * Any error of an action, except invalid fields and a cancelled confirmation.
 * @param {{error: any}} props
 */
export function FormProblem({ error }) {
  if (!error || error instanceof ValidationFailed || error instanceof Cancelled) return null
  if (error instanceof ApiError && error.status === 429) return <Limited error={error} />
  return <Problem error={error} />
}
