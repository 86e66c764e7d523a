import { Suspense, useEffect, useRef } from '@portal/sdk'
import { Field } from '../Field.jsx'

/**
 * A field whose component is loaded when it is first shown. Until then there is a field of the same size. Who moves the focus to it keeps
 * the focus when the component arrives.
 * @param {{component: import('react').ComponentType<any>, props: any}} props
 */
export function LazyField({ component: Component, props }) {
  /** @type {import('react').RefObject<HTMLDivElement | null>} */
  const place = useRef(null)
  const hasFocus = useRef(false)
  const loading = (
    <Field
      label={props.label}
      help={props.help}
      readOnly
      aria-busy
      value=""
      onFocus={() => (hasFocus.current = true)}
      onBlur={() => (hasFocus.current = false)}
    />
  )
  return (
    <div ref={place} className="field">
      <Suspense fallback={loading}>
        <Component {...props} />
        <Arrival
          onArrival={() => {
            if (hasFocus.current) focusField(place.current)
          }}
        />
      </Suspense>
    </div>
  )
}

/** @param {HTMLElement} place */
const focusField = (place) =>
  /** @type {HTMLElement} */ (place.querySelector('[role=combobox], [role=spinbutton]'))?.focus()

/** Is rendered with the component, and calls `onArrival` then. @param {{onArrival: () => void}} props */
function Arrival({ onArrival }) {
  useEffect(() => onArrival(), []) // eslint-disable-line react-hooks/exhaustive-deps -- once
  return null
}
