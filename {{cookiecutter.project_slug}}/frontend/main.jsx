import './pin.js'
import './sdk/back.js'
import './shell/earlyKeys.js'
import './styles/index.js'
import { i18n } from '@lingui/core'
import { I18nProvider } from '@lingui/react'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { BrowserRouter } from 'react-router'
import { defaultOptions } from './sdk/queries.js'
import { portalQuery } from './sdk/portal.js'
import { Shell } from './shell/Shell.jsx'
import { applyAccent } from './shell/accent.js'
import { activateLanguage } from './shell/i18n.js'
import { guardPageCache } from './shell/pageCache.js'

/** @typedef {import('./sdk/portal.js').Portal} Portal */

applyAccent()

const client = new QueryClient({ defaultOptions })

const readPortal = () => /** @type {Portal | undefined} */ (client.getQueryData(portalQuery.queryKey))
guardPageCache(() => Boolean(readPortal()?.person))

activateLanguage(document.documentElement.lang).then(() => {
  createRoot(document.getElementById('root')).render(
    <StrictMode>
      <I18nProvider i18n={i18n}>
        <QueryClientProvider client={client}>
          <BrowserRouter>
            <Shell />
          </BrowserRouter>
        </QueryClientProvider>
      </I18nProvider>
    </StrictMode>,
  )
})
