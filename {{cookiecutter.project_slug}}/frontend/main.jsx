import './pin.js'
import './styles/index.js'
import { I18nProvider } from '@lingui/react'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { BrowserRouter } from 'react-router'
import { ApiError, i18n } from './sdk/index.js'
import { Shell } from './shell/Shell.jsx'
import { applyScheme, savedScheme } from './shell/scheme.js'
import { activateLocale } from './shell/i18n.js'

// Servers write the scheme into <html>, but webpack-dev-server does not.
applyScheme(savedScheme())

const client = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode: 'always', // a browser without internet access can still reach the intranet site
      staleTime: 10_000, // milliseconds
      // A client error would be the same again. Server errors and lost connections may pass.
      retry: (failures, error) =>
        failures < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
    mutations: { networkMode: 'always' },
  },
})

activateLocale(document.documentElement.lang).then(() => {
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
