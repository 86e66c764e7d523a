import { useQuery } from '@tanstack/react-query'
import { t } from '@portal/i18n'
import { Suspense, createElement, use } from 'react'
import { useParams } from 'react-router'
import { Button, LinkButton } from '../kit/Button.jsx'
import { ErrorBoundary } from '../kit/ErrorBoundary.jsx'
import { NotFound } from '../kit/NotFound.jsx'
import { Page } from '../kit/Page.jsx'
import { Skeleton } from '../kit/Skeleton.jsx'
import { api, usePortal } from '../sdk/index.js'
import { AppContext } from '../sdk/portal.js'
import { NoPage, forgetPage, isServicePage, loadPage } from './pages.js'

/** The page that the path's first segment names: a service's further page, or the page of an app that this person may open. */
export function AppPage() {
  const { app: name } = useParams()
  const app = usePortal().apps.find((candidate) => candidate.name === name)
  if (isServicePage(name)) return <ServicePage key={name} name={name} />
  if (!app) return <Elsewhere key={name} name={name} />
  return (
    <AppContext value={app} key={name}>
      <Lazy name={name} title={app.title} />
    </AppContext>
  )
}

/**
 * A service's further page, such as sign-in. It decides by itself what each visitor may do.
 * @param {{name: string, [property: string]: any}} props
 */
export function ServicePage({ name, ...rest }) {
  const { name: title } = usePortal()
  return <Lazy name={name} title={title} {...rest} />
}

/** @param {{name: string, title: string, [property: string]: any}} props */
function Lazy({ name, title, ...rest }) {
  return (
    <ErrorBoundary
      onRetry={() => forgetPage(name)}
      fallback={(error, retry) => <Broken title={title} error={error} onRetry={retry} />}
    >
      <Suspense fallback={<Loading title={title} />}>
        <Loaded name={name} {...rest} />
      </Suspense>
    </ErrorBoundary>
  )
}

function Loaded({ name, ...rest }) {
  return createElement(use(loadPage(name)).default, rest)
}

/**
 * What is not in this person's list is closed to them, or is not there at all. Its API knows: when it refuses, the shell says why.
 * @param {{name: string}} props
 */
function Elsewhere({ name }) {
  const portal = usePortal()
  const { isLoading } = useQuery({
    queryKey: ['door', name],
    queryFn: ({ signal }) => api(`/api/${name}/`, { signal }),
    enabled: /^[a-z][a-z0-9_]*$/.test(name), // no folder has another name
  })
  return isLoading ? <Loading title={portal.name} /> : <NotFound />
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
        {!lost && <p className="help">{String(error?.message ?? error)}</p>}
      </div>
      <p className="row">
        <Button kind="primary" onClick={onRetry}>{t`Try again`}</Button>
        {lost && <Button onClick={() => location.reload()}>{t`Load the portal again`}</Button>}
        <LinkButton to="/">{t`All apps`}</LinkButton>
      </p>
    </Page>
  )
}
