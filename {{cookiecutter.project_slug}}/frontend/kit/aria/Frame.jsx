import { UNSAFE_PortalProvider as PortalProvider } from 'react-aria/PortalProvider'
import { I18nProvider } from 'react-aria-components/I18nProvider'
import { useLingui } from '@portal/sdk'
import { topmostDialog } from '../openDialogs.js'

const container = () => topmostDialog() ?? document.body

/** Give the components of React Aria the reader's language, and show their popovers inside the topmost dialog. */
export function Frame({ children }) {
  const { i18n } = useLingui()
  return (
    <I18nProvider locale={i18n.locale}>
      <PortalProvider getContainer={container}>{children}</PortalProvider>
    </I18nProvider>
  )
}
