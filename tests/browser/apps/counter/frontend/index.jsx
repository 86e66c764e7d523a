import { Fragment, useActionState, useReducer, useSearchParams, useTransition } from '@portal/sdk'
import { Button, Page } from '@portal/ui'
import { t } from '@portal/i18n'

export default function Counter() {
  const [parameters] = useSearchParams()
  const [count, add] = useReducer((before) => before + 1, 0)
  const [pending, start] = useTransition()
  const [sent, send] = useActionState((before) => before + 1, 0)
  return (
    <Page title={t`Counter`}>
      <Fragment>
        <p>{t`Counted ${count} and ${sent} for ${parameters.get('for') ?? ''}`}</p>
        <Button busy={pending} onClick={() => start(add)}>{t`Count`}</Button>
        <Button onClick={() => start(send)}>{t`Send`}</Button>
      </Fragment>
    </Page>
  )
}
