import { useQuery } from '@tanstack/react-query'
import { t } from '@portal/i18n'
import { Suspense, createElement, use } from 'react'
import { useParams } from 'react-router'
import { Button, LinkButton } from '../kit/Button.jsx'
import { ErrorBoundary } from '../kit/ErrorBoundary.jsx'
import { Page } from '../kit/Page.jsx'
import { Skeleton } from '../kit/Skeleton.jsx'
import { api, usePortal } from '../sdk/index.js'
import { AppContext } from '../sdk/portal.js'
import { NoPage, forgetPage, loadPage } from './pages.js'

/** The page of the app that the address names, if this person may open it. */
export function AppPage() {
  const { app: name } = useParams()
  const app = usePortal().apps.find((candidate) => candidate.name === name)
  if (isOwn(name)) return <OwnPage key={name} name={name} />
  if (!app) return <Elsewhere key={name} name={name} />
  return (
    <AppContext value={app} key={name}>
      <Lazy name={name} title={app.title} />
    </AppContext>
  )
}

/** The pages of frontend/pages, each at the address of its folder; apps cannot have these names. */
const titles = () => ({
  account: t`Your account`,
  denied: t`Closed to you`,
  password: t`Forgotten password`,
  'sign-in': t`Sign in`,
  'sign-out': t`Sign out`,
  'sign-up': t`Make an account`,
})
const isOwn = (name) => Object.hasOwn(titles(), name)

/** @param {{name: string, [property: string]: any}} props */
export function OwnPage({ name, ...rest }) {
  const portal = usePortal()
  return <Lazy name={name} title={titles()[name] ?? portal.name} {...rest} />
}

/** What stands where there is nothing to show; it has no address of its own. */
export const NotFound = () => <OwnPage name="not-found" />

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
