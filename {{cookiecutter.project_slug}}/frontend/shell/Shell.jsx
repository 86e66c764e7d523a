import { useQuery } from '@tanstack/react-query'
import { t } from '@portal/i18n'
import { useLayoutEffect } from 'react'
import { Route, Routes, useLocation, useNavigationType } from 'react-router'
import { portalQuery } from '../sdk/portal.js'
import { AppPage, NotFound, OwnPage } from './AppPage.jsx'
import { readable } from './colour.js'
import { Connection } from './Connection.jsx'
import { Footer } from './Footer.jsx'
import { Header } from './Header.jsx'
import { Home, HomeSkeleton } from './Home.jsx'
import { useResetOnPersonChange, useRefusals } from './refusals.js'
import { Unreachable } from './Unreachable.jsx'

/** Everything around the pages: it stands whatever happens inside them. */
export function Shell() {
  const { data: portal, error, refetch, isFetching } = useQuery(portalQuery)
  const { pathname } = useLocation()
  const arrival = useNavigationType()
  const colour = portal?.branding?.colour
  const refused = useRefusals(portal?.person?.id)
  useResetOnPersonChange(portal && (portal.person?.id ?? null))

  useLayoutEffect(() => {
    if (arrival === 'PUSH') window.scrollTo(0, 0) // going back keeps the place
  }, [pathname, arrival])

  useLayoutEffect(() => {
    const shades = readable(colour)
    if (!shades) return
    document.documentElement.style.setProperty('--brand-on-light', shades.onLight)
    document.documentElement.style.setProperty('--brand-on-dark', shades.onDark)
  }, [colour])

  return (
    <div className="shell">
      <a className="skip" href="#main">{t`Skip to the content`}</a>
      <Header portal={portal} />
      {portal && <Connection failed={Boolean(error)} />}
      <main id="main" tabIndex={-1}>
        {portal && refused ? (
          <OwnPage name="denied" problem={refused} />
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
