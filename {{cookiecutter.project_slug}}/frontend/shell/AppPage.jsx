import { useQuery } from '@tanstack/react-query'
import { t } from '@portal/i18n'
import { Suspense, createElement, use } from 'react'
import { useParams } from 'react-router'
import { Button } from '../kit/Button.jsx'
import { ErrorBoundary } from '../kit/ErrorBoundary.jsx'
import { Page } from '../kit/Page.jsx'
import { Skeleton } from '../kit/Skeleton.jsx'
import { api } from '../sdk/api.js'
import { AppContext, usePortal } from '../sdk/portal.js'
import { useBuildError } from './buildErrors.js'
import { discardPage, isServicePage, loadPage } from './pages.js'
import { loadKit, usePart } from './parts.js'

/** The page that the first segment of the path names: a further page of a service, or the page of an app that this visitor may open. */
export function AppPage() {
  const { app: name } = useParams()
  const app = usePortal().apps.find((candidate) => candidate.name === name)
  if (isServicePage(name)) return <ServicePage key={name} name={name} />
  if (!app) return <AppNotFound key={name} name={name} />
  return (
    <AppContext value={app} key={name}>
      <LazyPage name={name} title={app.title} />
    </AppContext>
  )
}

/**
 * A further page of a service, such as sign-in. The page itself decides what each visitor may do.
 * @param {{name: string, [property: string]: any}} props
 */
export function ServicePage({ name, ...rest }) {
  const { name: title } = usePortal()
  return <LazyPage name={name} title={title} {...rest} />
}

/** Load a page and render it. An error in it leaves the shell intact. @param {{name: string, title: string, [property: string]: any}} props */
function LazyPage({ name, title, ...rest }) {
  const buildError = useBuildError(name)
  if (buildError) return <PageError title={title} error={buildError} onRetry={() => location.reload()} />
  return (
    <ErrorBoundary
      onRetry={() => discardPage(name)}
      fallback={(error, retry) => <PageError title={title} error={error} onRetry={retry} />}
    >
      <Suspense fallback={<Loading title={title} />}>
        <LoadedPage name={name} {...rest} />
      </Suspense>
    </ErrorBoundary>
  )
}

function LoadedPage({ name, ...rest }) {
  return createElement(use(loadPage(name)).default, rest)
}

/**
 * The page for a path that names no app of this visitor. There may be such an app all the same, to which they have no access. So ask its
 * API: after a 401 or 403, the shell shows the sign-in page or explains who has access (see access.js).
 * @param {{name: string}} props
 */
function AppNotFound({ name }) {
  const portal = usePortal()
  const { isLoading } = useQuery({
    queryKey: ['access', name],
    queryFn: ({ signal }) => api(`/api/${name}/`, { signal }),
    enabled: /^[a-z][a-z0-9_]*$/.test(name), // the names that the folder of an app can have
  })
  return isLoading ? <Loading title={portal.name} /> : <NotFound />
}

/** @param {{title: string}} props */
function Loading({ title }) {
  return (
    <Page title={title} breadcrumbs={[]}>
      <Skeleton shape="card" />
    </Page>
  )
}

/**
 * The page in place of one that failed. Its words are in the kit. When that cannot be loaded either, two buttons have to do.
 * @param {{title: string, error: any, onRetry: () => void}} props
 */
function PageError(props) {
  const kit = usePart(loadKit)
  if (kit) return <kit.PageError {...props} />
  return (
    <Page title={props.title}>
      <div className="row" role="alert">
        <Button kind="primary" onClick={props.onRetry}>{t`Try again`}</Button>
        <Button onClick={() => location.reload()}>{t`Reload the portal`}</Button>
      </div>
    </Page>
  )
}

/** The page for a path that names nothing. */
function NotFound() {
  const kit = usePart(loadKit)
  const { name } = usePortal()
  return kit ? <kit.NotFound /> : <Loading title={name} />
}
