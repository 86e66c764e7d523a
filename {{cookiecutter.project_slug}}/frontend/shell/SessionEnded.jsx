import { Suspense, createElement, use } from 'react'
import { ErrorBoundary } from '../kit/ErrorBoundary.jsx'
import { SIGN_IN_AGAIN, loadPage } from './pages.js'

/**
 * The dialog above a page whose session has ended. The page stays as it is, and is shown again after signing in, here or in another tab.
 * Where the dialog cannot be loaded, the line of tools/Connection.jsx is shown above the page.
 */
export const SessionEnded = () => (
  <ErrorBoundary fallback={() => null}>
    <Suspense>
      <Dialog />
    </Suspense>
  </ErrorBoundary>
)

const Dialog = () => createElement(use(loadPage(SIGN_IN_AGAIN)).default)
