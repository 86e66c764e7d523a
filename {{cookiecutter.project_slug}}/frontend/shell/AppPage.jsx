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
import { PageMissingError, discardPage, isServicePage, loadPage } from './pages.js'

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
    <Page title={title}>
      <Skeleton />
    </Page>
  )
}

/** @param {{title: string, error: any, onRetry: () => void}} props */
function PageError({ title, error, onRetry }) {
  if (error instanceof PageMissingError) {
    return (
      <Page title={title} narrow>
        <p>{t`This page may be new. Reload the portal to get its latest version.`}</p>
        <p className="row">
          <Button kind="primary" onClick={() => location.reload()}>{t`Reload the portal`}</Button>
          <LinkButton to="/">{t`All apps`}</LinkButton>
        </p>
      </Page>
    )
  }
  const isLoadError = error?.name === 'ChunkLoadError'
  return (
    <Page title={title} narrow>
      <div role="alert">
        <p>
          {isLoadError
            ? t`This page could not be loaded. Check your connection. If the portal was just updated, reload it.`
            : t`This page stopped working. The rest of the portal is not affected.`}
        </p>
        {!isLoadError && <p className="help">{String(error?.message ?? error)}</p>}
      </div>
      <p className="row">
        <Button kind="primary" onClick={onRetry}>{t`Try again`}</Button>
        {isLoadError && <Button onClick={() => location.reload()}>{t`Reload the portal`}</Button>}
        <LinkButton to="/">{t`All apps`}</LinkButton>
      </p>
    </Page>
  )
}
