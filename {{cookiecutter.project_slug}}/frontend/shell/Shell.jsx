import { useQuery } from '@tanstack/react-query'
import { t } from '@portal/i18n'
import { useLayoutEffect } from 'react'
import { Route, Routes, useLocation, useNavigationType } from 'react-router'
import { NotFound } from '../kit/NotFound.jsx'
import { portalQuery } from '../sdk/portal.js'
import { useAccessProblem, useResetQueriesOnSignIn } from './access.js'
import { AppPage, ServicePage } from './AppPage.jsx'
import { readableShades } from './colour.js'
import { Connection } from './Connection.jsx'
import { Footer } from './Footer.jsx'
import { Header } from './Header.jsx'
import { Home, HomeSkeleton } from './Home.jsx'
import { Unreachable } from './Unreachable.jsx'

/** The frame of all pages: header, footer and routes. An error in a page leaves it intact. */
export function Shell() {
  const { data: portal, error, refetch, isFetching } = useQuery(portalQuery)
  const { pathname } = useLocation()
  const navigationType = useNavigationType()
  const colour = portal?.branding?.colour
  const accessProblem = useAccessProblem(portal?.person?.id)
  useResetQueriesOnSignIn(portal && (portal.person?.id ?? null))

  useLayoutEffect(() => {
    if (navigationType === 'PUSH') window.scrollTo(0, 0) // going back keeps the scroll position
  }, [pathname, navigationType])

  useLayoutEffect(() => {
    const shades = readableShades(colour)
    if (!shades) return
    document.documentElement.style.setProperty('--brand-on-light', shades.onLight)
    document.documentElement.style.setProperty('--brand-on-dark', shades.onDark)
  }, [colour])

  return (
    <div className="shell">
      <a className="skip-link" href="#main">{t`Skip to the content`}</a>
      <Header portal={portal} />
      {portal && <Connection failed={Boolean(error)} />}
      <main id="main" tabIndex={-1}>
        {portal && accessProblem ? (
          <ServicePage name="denied" problem={accessProblem} />
        ) : portal ? (
          <Routes>
            <Route index element={<Home />} />
            <Route path=":app/*" element={<AppPage />} />
            <Route path="*" element={<NotFound />} />
          </Routes>
        ) : error ? (
          <Unreachable error={error} busy={isFetching} onRetry={refetch} />
        ) : (
          <HomeSkeleton />
        )}
      </main>
      <Footer portal={portal} />
    </div>
  )
}
