import { t } from '@portal/i18n'
import { useLocation } from 'react-router'
import { LinkButton, Page } from '../../kit/index.js'
import { signInPath, usePortal } from '../../sdk/index.js'

/** What the address names is not there, as far as this person may know. */
export default function NotFound() {
  const { person } = usePortal()
  const location = useLocation()
  return (
    <Page title={t`There is no such page here`} narrow>
      <p>{t`The address may be mistyped, or the page may have moved.`}</p>
      {!person && <p>{t`Some apps are shown to people who are signed in only.`}</p>}
      <p className="row">
        <LinkButton kind="primary" to="/">{t`All apps`}</LinkButton>
        {!person && <LinkButton to={signInPath(location)}>{t`Sign in`}</LinkButton>}
      </p>
    </Page>
  )
}
