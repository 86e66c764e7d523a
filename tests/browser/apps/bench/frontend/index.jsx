import { Page } from '@portal/ui'
import { t } from '@portal/i18n'

export default function Bench() {
  return <Page title={t`Bench`} />
}
