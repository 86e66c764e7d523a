import { t } from '@portal/words'
import { LinkButton } from '../kit/Button.jsx'
import { Page } from '../kit/Page.jsx'
import { usePortal } from '../sdk/index.js'

export function NotFound() {
  const { person } = usePortal()
  return (
    <Page title={t`There is no such page here`} narrow>
      <p>{t`The address may be mistyped, or the page may have moved.`}</p>
      {!person && <p>{t`Some apps are shown to people who are signed in only.`}</p>}
      <p>
        <LinkButton kind="primary" to="/">{t`All apps`}</LinkButton>
      </p>
    </Page>
  )
}
