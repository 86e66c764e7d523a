import { useQuery } from '@tanstack/react-query'
import { t } from '@portal/i18n'
import { useCallback, useState } from 'react'
import { Route, Routes } from 'react-router'
import { Skeleton } from '../kit/Skeleton.jsx'
import { portalQuery } from '../sdk/portal.js'
import { useAccessProblem, useResetQueriesOnSignIn, useSessionEnd } from './access.js'
import { AppPage, ServicePage } from './AppPage.jsx'
import { Footer } from './Footer.jsx'
import { Header } from './Header.jsx'
import { Home } from './home/Home.jsx'
import { loadKit, loadPalette, loadTools, usePart } from './parts.js'
import { SessionEnded } from './SessionEnded.jsx'
import { Sidebar } from './Sidebar.jsx'
import { Unreachable } from './Unreachable.jsx'
import { useLanguage } from './useLanguage.js'

/** The frame of all pages: header, sidebar, footer and routes. An error in a page leaves it intact. */
export function Shell() {
  const { data: portal, error, refetch, isFetching } = useQuery(portalQuery)
  const [popup, setPopup] = useState(/** @type {'menu' | 'search' | null} */ (null))
  const person = portal?.person
  const accessProblem = useAccessProblem(person?.id)
  const { ended, pageKey } = useSessionEnd(person, error)
  useResetQueriesOnSignIn(portal && (person?.id ?? null))
  useLanguage(portal)

  const ready = Boolean(portal)
  const tools = usePart(ready ? loadTools : null)
  usePart(ready ? loadKit : null) // pages then open faster
  const palette = usePart(person && loadPalette)
  const close = useCallback(() => setPopup(null), [])
  const search = useCallback(() => setPopup('search'), [])
  return (
    <div className="shell" data-side={person ? '' : undefined}>
      <a className="skip-link" href="#main">{t`Skip to the content`}</a>
      <Header portal={portal} tools={tools} onMenu={() => setPopup('menu')} onSearch={search} />
      {portal && tools && <tools.Connection failed={Boolean(error)} />}
      {person && <Sidebar portal={portal} Badge={tools?.Badge} />}
      {/* Another key, another element: what is shown next to the sidebar does not count as having moved. */}
      <main key={String(ready)} id="main" tabIndex={-1}>
        {portal && accessProblem ? (
          <ServicePage name="denied" problem={accessProblem} />
        ) : portal ? (
          <Routes key={pageKey}>
            <Route index element={<Home />} />
            <Route path=":app/*" element={<AppPage />} />
          </Routes>
        ) : error ? (
          <Unreachable error={error} busy={isFetching} onRetry={refetch} />
        ) : (
          <div className="page">
            <Skeleton shape="card" />
          </div>
        )}
      </main>
      <Footer portal={portal} />
      {ended && <SessionEnded />}
      {tools && portal && (
        <tools.Background
          portal={portal}
          onSearch={person ? search : null}
          isSearchLoading={popup === 'search' && !palette}
        />
      )}
      {person && tools && popup === 'menu' && <tools.Drawer portal={portal} onClose={close} />}
      {person && palette && popup === 'search' && <palette.default onClose={close} />}
    </div>
  )
}
