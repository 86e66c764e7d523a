import { t } from '@portal/i18n'
import { signInPath, useLocation, usePortal } from '@portal/sdk'
import { LinkButton } from './Button.jsx'
import { Page } from './Page.jsx'

/** The page for a path that does not exist, or that this visitor may not know about. It links to the home page. */
export function NotFound() {
  const { person } = usePortal()
  const location = useLocation()
  return (
    <Page title={t`Page not found`} narrow>
      <p>{t`Check the address for typing mistakes. The page may also have moved.`}</p>
      {!person && <p>{t`Some apps are only for people who are signed in.`}</p>}
      <p className="row">
        <LinkButton kind="primary" to="/">{t`All apps`}</LinkButton>
        {!person && <LinkButton to={signInPath(location)}>{t`Sign in`}</LinkButton>}
      </p>
    </Page>
  )
}
