import './pin.js'
import './styles/index.js'
import { I18nProvider } from '@lingui/react'
import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { BrowserRouter } from 'react-router'
import { ApiError, i18n } from './sdk/index.js'
import { Shell } from './shell/Shell.jsx'
import { applyScheme, rememberedScheme } from './shell/scheme.js'
import { activateLocale } from './shell/i18n.js'

// What the server has already written into <html>, except under `webpack serve`.
applyScheme(rememberedScheme())

const client = new QueryClient({
  defaultOptions: {
    queries: {
      networkMode: 'always', // an intranet can answer a browser that believes it is offline
      staleTime: 10_000,
      // What the portal refuses it will refuse again; what got lost on the way is worth another try.
      retry: (failures, error) =>
        failures < 2 && !(error instanceof ApiError && error.status >= 400 && error.status < 500),
    },
    mutations: { networkMode: 'always' },
  },
})

await activateLocale(document.documentElement.lang)

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
