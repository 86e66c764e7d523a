import { t } from '@portal/words'
import { Suspense, createElement, use } from 'react'
import { useParams } from 'react-router'
import { Button, LinkButton } from '../kit/Button.jsx'
import { ErrorBoundary } from '../kit/ErrorBoundary.jsx'
import { Page } from '../kit/Page.jsx'
import { Skeleton } from '../kit/Skeleton.jsx'
import { usePortal } from '../sdk/index.js'
import { AppContext } from '../sdk/portal.js'
import { NotFound } from './NotFound.jsx'
import { NoPage, forgetPage, loadPage } from './pages.js'

/** The page of the app that the address names, if this person may open it. */
export function AppPage() {
  const { app: name } = useParams()
  const app = usePortal().apps.find((candidate) => candidate.name === name)
  if (!app) return <NotFound />
  return (
    <AppContext value={app} key={name}>
      <ErrorBoundary
        onRetry={() => forgetPage(name)}
        fallback={(error, retry) => <Broken title={app.title} error={error} onRetry={retry} />}
      >
        <Suspense fallback={<Loading title={app.title} />}>
          <Loaded name={name} />
        </Suspense>
      </ErrorBoundary>
    </AppContext>
  )
}

function Loaded({ name }) {
  return createElement(use(loadPage(name)).default)
}

/** @param {{title: string}} props */
function Loading({ title }) {
  return (
    <Page title={title}>
      <Skeleton />
    </Page>
  )
}

/** @param {{title: string, error: any, onRetry: () => void}} props */
function Broken({ title, error, onRetry }) {
  if (error instanceof NoPage) {
    return (
      <Page title={title} narrow>
        <p>{t`This app has no page in the version of the portal that this browser has open. It may be new.`}</p>
        <p className="row">
          <Button kind="primary" onClick={() => location.reload()}>{t`Load the portal again`}</Button>
          <LinkButton to="/">{t`All apps`}</LinkButton>
        </p>
      </Page>
    )
  }
  const lost = error?.name === 'ChunkLoadError'
  return (
    <Page title={title} narrow>
      <div role="alert">
        <p>
          {lost
            ? t`This page could not be loaded: the connection broke, or the portal has just been updated.`
            : t`This page stopped working. The rest of the portal is not affected.`}
        </p>
        {!lost && <p className="hint">{String(error?.message ?? error)}</p>}
      </div>
      <p className="row">
        <Button kind="primary" onClick={onRetry}>{t`Try again`}</Button>
        {lost && <Button onClick={() => location.reload()}>{t`Load the portal again`}</Button>}
        <LinkButton to="/">{t`All apps`}</LinkButton>
      </p>
    </Page>
  )
}
