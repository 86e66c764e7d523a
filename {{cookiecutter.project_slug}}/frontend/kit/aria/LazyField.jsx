import { createElement, lazy } from 'react'
import { Suspense, useEffect, useRef } from '@portal/sdk'
import { t } from '@portal/i18n'
import { Button } from '../Button.jsx'
import { ErrorBoundary } from '../ErrorBoundary.jsx'
import { Field } from '../Field.jsx'
import { Notice } from '../Notice.jsx'

/**
 * Make a field whose component is loaded when it is first shown. Until then there is a field of the same size. Who moves the focus to it keeps
 * the focus when the component arrives. When it cannot be loaded, the rest of the form stays, and a button loads it again.
 * @param {() => Promise<{default: import('react').ComponentType<any>}>} load
 * @returns {{LazyField: (props: any) => any, preload: () => void}} `preload()` loads it before it is shown
 */
export function lazyField(load) {
  let component = lazy(load)
  const loadAgain = () => (component = lazy(load)) // React does not forget that it failed
  const Loaded = (props) => createElement(component, props)

  return {
    LazyField: (props) => (
      <ErrorBoundary
        onRetry={loadAgain}
        fallback={(_error, retry) => <NotLoaded label={props.label} onRetry={retry} />}
      >
        <Arriving {...props}>
          <Loaded {...props} />
        </Arriving>
      </ErrorBoundary>
    ),
    preload: () => void load().catch(() => {}), // the field itself says that it failed
  }
}

/** A field until its component, the children, arrives. @param {{label: any, help?: any, children: import('react').ReactNode}} props */
function Arriving({ label, help, children }) {
  /** @type {import('react').RefObject<HTMLDivElement | null>} */
  const place = useRef(null)
  const hasFocus = useRef(false)
  const loading = (
    <Field
      label={label}
      help={help}
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
        {children}
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

/** @param {{label: import('react').ReactNode, onRetry: () => void}} props */
const NotLoaded = ({ label, onRetry }) => (
  <Notice kind="error" title={label}>
    <p>{t`This field could not be loaded. Check your connection.`}</p>
    <Button onClick={onRetry}>{t`Try again`}</Button>
  </Notice>
)
