import { Page } from '@portal/ui'
import { t } from '@portal/i18n'

export default function LaboratoryOnly() {
  return <Page title={t`Laboratory only`} />
}
