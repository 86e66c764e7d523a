import { plural, t } from '@portal/i18n'
import { useMutation, useQueryClient, useState } from '@portal/sdk'
import { Button, Row } from '@portal/ui'
import { Dialog } from '@portal/ui/dialog'
import { toast } from '@portal/ui/toast'
import { requestSignedIn } from '../../allauth.js'
import { FormProblem } from '../../forms/Form.jsx'
import { useReauthentication } from '../../forms/Reauthentication.jsx'
import { ActionButton } from './ActionButton.jsx'
import { factorsQuery } from './factors.js'

const PATH = 'account/authenticators/recovery-codes'

/** The row of the recovery codes, and the dialog that shows them. @param {{query: import('./factors.js').FactorsQuery}} props */
export function RecoveryCodes({ query }) {
  const client = useQueryClient()
  const withReauthentication = useReauthentication()
  const [codes, setCodes] = useState(/** @type {string[] | null} */ (null))
  const load = useMutation({
    /** @param {'GET' | 'POST'} method GET shows the codes, POST creates new ones */
    mutationFn: (method) =>
      withReauthentication(() => requestSignedIn(PATH, method === 'POST' ? { body: {} } : undefined)),
    onSuccess: ({ data }) => {
      setCodes(data?.unused_codes ?? [])
      return client.invalidateQueries({ queryKey: factorsQuery.queryKey })
    },
  })
  const factors = query.data?.data ?? []
  const recovery = factors.find(({ type }) => type === 'recovery_codes')
  if (!factors.length) return null
  const [left, total] = [recovery?.unused_code_count ?? 0, recovery?.total_code_count ?? 0]

  return (
    <Row
      tile={{ title: 'Recovery codes', icon: 'file' }}
      title={t`Recovery codes`}
      detail={
        recovery
          ? plural(left, { one: `# of ${total} is left`, other: `# of ${total} are left` })
          : t`For when you don't have your phone.`
      }
      end={
        <>
          <ActionButton
            of={t`recovery codes`}
            busy={load.isPending}
            onClick={() => load.mutate(recovery ? 'GET' : 'POST')}
          >
            {recovery ? t`Show` : t`Create`}
          </ActionButton>
          <FormProblem error={load.error} />
          <Dialog
            open={codes !== null}
            onClose={() => setCodes(null)}
            title={t`Your recovery codes`}
            actions={
              <>
                <Button busy={load.isPending} onClick={() => load.mutate('POST')}>
                  {t`Create new recovery codes`}
                </Button>
                {codes?.length > 0 && <Button onClick={() => copy(codes)}>{t`Copy`}</Button>}
                <Button kind="primary" onClick={() => setCodes(null)}>{t`Done`}</Button>
              </>
            }
          >
            <p>
              {codes?.length > 0
                ? t`Use a recovery code to sign in when you don't have your phone. Each code works once. Keep them in a safe place.`
                : t`Your recovery codes were shown once and can't be shown again. If you have lost them, create new ones.`}
            </p>
            <ul role="list" className="recovery-codes">
              {codes?.map((code) => (
                <li key={code}>
                  <code>{code}</code>
                </li>
              ))}
            </ul>
          </Dialog>
        </>
      }
    />
  )
}

/** @param {string[]} codes */
async function copy(codes) {
  await navigator.clipboard.writeText(codes.join('\n'))
  toast(t`Copied`)
}
