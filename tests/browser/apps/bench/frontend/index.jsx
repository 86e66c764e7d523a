import { Page } from '@portal/ui'
import { t } from '@portal/words'

export default function Bench() {
  return <Page title={t`Bench`} />
}
