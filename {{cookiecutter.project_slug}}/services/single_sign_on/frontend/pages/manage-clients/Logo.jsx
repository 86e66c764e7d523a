import { api, useMutation, useRefresh } from '@portal/sdk'
import { Button, Panel, Problem } from '@portal/ui'
import { toast } from '@portal/ui/toast'
import { FileUpload } from '@portal/ui/upload'
import { t } from '@portal/i18n'
import { CLIENTS } from './clients.js'

const MAX_BYTES = 5_000_000

/** The logo of a client, which people see where they allow it to sign them in. @param {{client: import('./clients.js').Client}} props */
export function Logo({ client: { id, logo } }) {
  const refresh = useRefresh(CLIENTS)
  const path = `${CLIENTS}${id}/logo/`
  const remove = useMutation({
    mutationFn: async () => {
      await api(path, { method: 'DELETE' })
      toast(t`The logo is removed.`)
      await refresh()
    },
  })
  return (
    <Panel title={t`Logo`}>
      {logo && (
        <div className="row">
          <img className="client-logo" data-size="large" src={logo} alt={t`Logo`} />
          <Button busy={remove.isPending} onClick={() => remove.mutate()}>{t`Remove the logo`}</Button>
        </div>
      )}
      <FileUpload
        label={logo ? t`Another picture` : t`Picture`}
        help={t`People see it beside the name. JPEG, PNG or WebP.`}
        path={path}
        method="PUT"
        field="logo"
        accept="image/jpeg,image/png,image/webp"
        maxBytes={MAX_BYTES}
        onUploaded={async () => {
          toast(t`The logo is saved.`)
          await refresh()
        }}
      />
      {remove.error && <Problem error={remove.error} />}
    </Panel>
  )
}
