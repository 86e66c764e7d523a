import { Button, Notice } from '@portal/ui'
import { Dialog } from '@portal/ui/dialog'
import { t } from '@portal/i18n'
import { Copyable } from './Copyable.jsx'

/**
 * What the client's operator enters there. The secret is nowhere else.
 * @param {{issuer: string, client: import('./clients.js').Client, secret: string, onClose: () => void}} props
 */
export function SecretDialog({ issuer, client, secret, onClose }) {
  return (
    <Dialog
      title={t`The secret of ${client.name}`}
      onClose={onClose}
      actions={<Button kind="primary" onClick={onClose}>{t`Done`}</Button>}
    >
      <Notice title={t`Copy the secret now: it is not shown again.`}>
        <p>{t`Enter it at the client, and keep it like a password.`}</p>
      </Notice>
      <dl className="client-facts">
        <Copyable title={t`Issuer`} value={issuer} />
        <Copyable title={t`Client ID`} value={client.client_id} />
        <Copyable title={t`Secret`} value={secret} />
      </dl>
    </Dialog>
  )
}
