import { useEffect, useRef, useState } from '@portal/sdk'
import { t } from '@portal/i18n'
import { Button } from '../Button.jsx'
import { Notice, Problem } from '../Notice.jsx'

/**
 * A form with its errors and its button. After an error, the focus moves to the first field with one, or to the message at the top.
 * @param {{form: ReturnType<typeof import('./useForm.js').useForm>, action: string, actions?: import('react').ReactNode,
 *   children: import('react').ReactNode} & Omit<import('react').ComponentProps<'form'>, 'action' | 'onSubmit'>} props
 *   `form` is what `useForm()` returned; `action` is the text of the button; `actions` are further buttons beside it
 */
export function Form({ form, action, actions, children, className = '', ...rest }) {
  /** @type {import('react').RefObject<HTMLFormElement | null>} */
  const element = useRef(null)
  const { error } = form
  const [problems, setProblems] = useState(/** @type {FieldProblem[]} */ ([]))

  useEffect(() => {
    if (!error) return
    setProblems(fieldProblems(element.current, error))
    const target = element.current.querySelector('[aria-invalid=true]') ?? element.current.firstElementChild
    if (target instanceof HTMLElement) target.focus()
  }, [error])

  return (
    <form {...rest} ref={element} className={`stack ${className}`} onSubmit={form.onSubmit}>
      {error && (
        <div tabIndex={-1} className="form-problem">
          {error.problem?.errors?.length ? <FieldProblems problems={problems} /> : <Problem error={error} />}
        </div>
      )}
      {children}
      <div className="row form-actions">
        <Button type="submit" kind="primary" busy={form.isBusy}>
          {action}
        </Button>
        {actions}
        {form.draft && <DraftStatus draft={form.draft} />}
      </div>
    </form>
  )
}

/** @typedef {{message: string, field?: HTMLElement, label?: string}} FieldProblem */

/**
 * Find the fields of the form that the server's errors name.
 * @param {HTMLFormElement} form
 * @returns {FieldProblem[]}
 */
function fieldProblems(form, error) {
  return (error.problem?.errors ?? []).map(({ field: name, message }) => {
    const named = name ? form.elements.namedItem(name) : null
    const field = named instanceof RadioNodeList ? /** @type {any} */ (named[0]) : named
    return field
      ? { message, field, label: field.labels?.[0]?.textContent }
      : { message, ...richField(form, name) }
  })
}

/** Find a field of several parts, such as a date, or one without a name of its own. @param {HTMLFormElement} form @param {string} name */
function richField(form, name) {
  const element = name && form.querySelector(`[data-field="${CSS.escape(name)}"]`)
  if (!element) return {}
  const field = /** @type {HTMLElement} */ (element.querySelector('input, [role=spinbutton]'))
  return { field, label: element.firstElementChild.textContent }
}

/** @param {{problems: FieldProblem[]}} props */
function FieldProblems({ problems }) {
  return (
    <Notice kind="error" title={t`Not saved. Correct this:`}>
      <ul>
        {problems.map(({ message, field, label }, index) => (
          <li key={index}>
            {field ? (
              <button type="button" onClick={() => field.focus()}>
                {label ? `${label}: ${message}` : message}
              </button>
            ) : (
              message
            )}
          </li>
        ))}
      </ul>
    </Notice>
  )
}

/** @param {{draft: {status: string, error?: any}}} props */
function DraftStatus({ draft: { status } }) {
  const texts = {
    saving: t`Saving the draft…`,
    saved: t`Draft saved`,
    failed: t`The draft is not saved yet.`,
  }
  return (
    <span role="status" className="help">
      {texts[status]}
    </span>
  )
}
