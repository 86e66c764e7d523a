import { Button } from '@portal/ui'
import { toast } from '@portal/ui/toast'
import { t } from '@portal/i18n'

/** A value that the operator of the client needs, with a button to copy it. @param {{title: string, value: string}} props */
export function Copyable({ title, value }) {
  async function copy() {
    try {
      await navigator.clipboard.writeText(value)
      toast(t`Copied`)
    } catch {
      toast(t`This browser does not allow copying here. Select the text and copy it.`, { kind: 'error' })
    }
  }
  return (
    <div>
      <dt>{title}</dt>
      <dd className="client-value">
        <code>{value}</code>
        <Button onClick={copy}>
          {t`Copy`}
          <span className="visually-hidden"> {title}</span>
        </Button>
      </dd>
    </div>
  )
}
