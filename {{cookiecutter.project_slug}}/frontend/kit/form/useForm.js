import { useCallback, useEffect, useRef, useState } from '@portal/sdk'
import { useUnsavedChanges } from './unsavedChanges.js'

/**
 * @template Values
 * @typedef {object} FormOptions
 * @property {Values} [initial] the values of the form at first; with `draft`, those of the draft
 * @property {(values: Values) => Promise<any>} submit sends the values, usually with `api()`. While it runs, the form cannot be sent again
 * @property {(answer: any) => any} [onSuccess] called afterwards, for example to open the new page. The draft is discarded before that
 * @property {{value: Values, setValue: (change: any) => void, discard: () => Promise<void>, status: string,
 *   error: any}} [draft] what `useDraft()` returned: it keeps the values
 */

/**
 * Keep the values and the errors of a form, and ask before the person leaves with unsaved changes. Give the result to `Form`.
 *
 *     const form = useForm({ initial: { title: '' }, submit: (values) => api(LIST, { body: values }), onSuccess: refresh })
 *     const title = form.field('title')
 *     return (
 *       <Form form={form} action={t`Add`}>
 *         <Field {...title} label={t`Title`} required />
 *       </Form>
 *     )
 *
 * Returns:
 * - `values`, and `set(name, value)` to change one.
 * - `field(name)`: the properties of `Field`, `<input>` and `<textarea>`; `checkbox(name)`: those of a checkbox.
 * - `control(name)`: the properties of a component whose `onChange` gets the value itself, such as `ComboBox` or `DateField`.
 * - `error`: why it was not saved; `errorOf(name)`: what is wrong with one field; `isBusy`, `isChanged`, `reset(values)`, `onSubmit(event)`.
 * @template {Record<string, any>} Values
 * @param {FormOptions<Values>} options
 */
export function useForm({ initial, submit, onSuccess, draft }) {
  const [ownValues, setOwnValues] = useState(initial)
  const [saved, setSaved] = useState(draft ? draft.value : initial)
  const [error, setError] = useState(/** @type {any} */ (null))
  const [corrected, setCorrected] = useState(/** @type {string[]} */ ([]))
  const [isBusy, setIsBusy] = useState(false)
  const isRunning = useRef(false)
  const isUnsaved = useRef(false)
  const isSent = useRef(false) // and nothing was changed since

  const values = draft ? draft.value : ownValues
  const setValues = draft ? draft.setValue : setOwnValues
  const isChanged = JSON.stringify(values) !== JSON.stringify(saved)
  // A draft is saved by itself. Without it, leaving loses the changes.
  const isLostOnLeaving = draft ? draft.status === 'failed' && draft.error !== null : isChanged
  useEffect(() => {
    isUnsaved.current = isLostOnLeaving && !isSent.current
  }, [isLostOnLeaving])
  useUnsavedChanges(useCallback(() => isUnsaved.current, []))

  const errorOf = (name) =>
    corrected.includes(name)
      ? undefined
      : error?.problem?.errors?.find(({ field }) => field === name)?.message

  function set(name, value) {
    isSent.current = false
    setValues((before) => ({ ...before, [name]: value }))
    setCorrected((before) => (before.includes(name) ? before : [...before, name]))
  }

  function reset(next) {
    setSaved(next)
    setValues(next)
    setError(null)
  }

  async function onSubmit(event) {
    event?.preventDefault()
    if (isRunning.current) return
    isRunning.current = true
    setIsBusy(true)
    setError(null)
    setCorrected([])
    try {
      const answer = await submit(values)
      isSent.current = true
      isUnsaved.current = false
      setSaved(values)
      if (draft) await draft.discard()
      await onSuccess?.(answer)
    } catch (failure) {
      setError(failure)
    } finally {
      isRunning.current = false
      setIsBusy(false)
    }
  }

  return {
    values,
    set,
    error,
    errorOf,
    isBusy,
    isChanged,
    reset,
    onSubmit,
    draft,
    field: (name) => ({
      name,
      value: values[name] ?? '',
      error: errorOf(name),
      onChange: (event) => set(name, event.target.value),
    }),
    checkbox: (name) => ({
      name,
      checked: Boolean(values[name]),
      onChange: (event) => set(name, event.target.checked),
    }),
    control: (name) => ({
      name,
      value: values[name] ?? null,
      error: errorOf(name),
      onChange: (value) => set(name, value),
    }),
  }
}
