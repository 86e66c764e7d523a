import { t } from '@portal/i18n'
import { signInPath, useLocation, usePortal } from '@portal/sdk'
import { LinkButton } from './Button.jsx'
import { Stop } from './Stop.jsx'

/** The page for a path that does not exist, or that this visitor may not know about. */
export function NotFound() {
  const { person } = usePortal()
  const location = useLocation()
  return (
    <Stop
      title={t`Page not found`}
      actions={
        <>
          <LinkButton kind="primary" to="/">{t`Home`}</LinkButton>
          {!person && <LinkButton to={signInPath(location)}>{t`Sign in`}</LinkButton>}
        </>
      }
    >
      <p>{t`Check the address for typing mistakes. The page may also have moved.`}</p>
      {!person && <p>{t`Some apps are only for people who are signed in.`}</p>}
    </Stop>
  )
}
