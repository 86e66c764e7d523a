import {
  api,
  i18n,
  useMutation,
  useNavigate,
  useParams,
  useQueryClient,
  useRefresh,
  useState,
} from '@portal/sdk'
import {
  Button,
  Column,
  EmptyState,
  LinkButton,
  Page,
  Panel,
  Problem,
  Skeleton,
  Split,
  Time,
} from '@portal/ui'
import { confirm } from '@portal/ui/dialog'
import { Form, useForm } from '@portal/ui/form'
import { toast } from '@portal/ui/toast'
import { t } from '@portal/i18n'
import { ClientFields, toFields, toValues } from './ClientFields.jsx'
import { Copyable } from './Copyable.jsx'
import { Logo } from './Logo.jsx'
import { SecretDialog } from './SecretDialog.jsx'
import { SignIns } from './SignIns.jsx'
import { CLIENTS, breadcrumbs, kinds, useClients, withFormer } from './clients.js'

/** One client: its settings, its secret, its logo, who signed in there, and its removal. */
export function ClientPage() {
  const { id } = useParams()
  const { item: all, error, retry } = useClients()
  const client = all?.clients.find((one) => String(one.id) === id)
  if (all && !client) return <ClientNotFound />
  return (
    <Page
      title={client?.name ?? t`Client`}
      breadcrumbs={breadcrumbs()}
      lead={client ? kinds()[client.kind].title : '\u00a0'}
    >
      {client ? (
        <Split>
          <Column>
            <Settings key={client.id} client={client} all={all} />
            {client.kind !== 'machine' && <SignIns client={client} />}
          </Column>
          <Column>
            <Credentials client={client} issuer={all.issuer} />
            {client.kind !== 'machine' && <Logo client={client} />}
            <Removal client={client} />
          </Column>
        </Split>
      ) : error ? (
        <Problem error={error} onRetry={retry} />
      ) : (
        <Skeleton shape="card" count={2} />
      )}
    </Page>
  )
}

/** @param {{client: import('./clients.js').Client, all: import('./clients.js').Clients}} props */
function Settings({ client, all }) {
  const refresh = useRefresh(CLIENTS)
  const form = useForm({
    initial: toValues(client),
    submit: (values) => api(`${CLIENTS}${client.id}/`, { method: 'PATCH', body: toFields(values) }),
    onSuccess: async () => {
      toast(t`Saved`)
      await refresh()
    },
  })
  return (
    <Panel title={t`Settings`}>
      <Form form={form} action={t`Save`}>
        <ClientFields form={form} all={withFormer(all, client)} />
      </Form>
    </Panel>
  )
}

/** What the client's operator enters there. @param {{client: import('./clients.js').Client, issuer: string}} props */
function Credentials({ client, issuer }) {
  const [secret, setSecret] = useState('')
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      const agreed = await confirm({
        title: t`Replace the secret of ${client.name}?`,
        body: t`The old secret stops working at once. Nobody can sign in at the client until it has the new one.`,
        action: t`Replace`,
        dangerous: true,
      })
      if (!agreed) return
      const answer = await api(`${CLIENTS}${client.id}/secret/`, { method: 'POST' })
      setSecret(answer.secret)
    },
  })
  return (
    <Panel title={t`Connection`}>
      <dl className="client-facts">
        <Copyable title={t`Issuer`} value={issuer} />
        <Copyable title={t`Client ID`} value={client.client_id} />
        {client.kind !== 'machine' && (
          <>
            <div>
              <dt>{t`People who use it`}</dt>
              <dd>{i18n.number(client.people)}</dd>
            </div>
            <div>
              <dt>{t`Last sign-in`}</dt>
              <dd>{client.last_sign_in_at ? <Time value={client.last_sign_in_at} /> : t`Never`}</dd>
            </div>
          </>
        )}
        <div>
          <dt>{t`Added`}</dt>
          <dd>
            <Time value={client.created_at} />
          </dd>
        </div>
      </dl>
      {client.kind === 'native' ? (
        <p className="help">{t`An app or a command line has no secret.`}</p>
      ) : (
        <>
          <p className="help">{t`Nobody can read the secret again. If it is lost or known to others, replace it.`}</p>
          <div>
            <Button busy={isPending} onClick={() => mutate()}>{t`Replace the secret`}</Button>
          </div>
        </>
      )}
      {error && <Problem error={error} />}
      {secret && (
        <SecretDialog issuer={issuer} client={client} secret={secret} onClose={() => setSecret('')} />
      )}
    </Panel>
  )
}

/** @param {{client: import('./clients.js').Client}} props */
function Removal({ client: { id, name } }) {
  const queries = useQueryClient()
  const navigate = useNavigate()
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      const agreed = await confirm({
        title: t`Remove ${name}?`,
        body: t`Nobody can sign in there any more, and its tokens end at once. A client that you add later knows people by other IDs.`,
        action: t`Remove`,
        dangerous: true,
      })
      if (!agreed) return
      await api(`${CLIENTS}${id}/`, { method: 'DELETE' })
      toast(t`${name} is removed.`)
      navigate('/manage-clients', { replace: true })
      // The list alone: this page may be there for a moment longer, and its sign-ins are gone.
      await queries.invalidateQueries({ queryKey: [CLIENTS], exact: true })
    },
  })
  return (
    <Panel title={t`Remove`}>
      <p className="help">{t`Its tokens end, and what people have allowed it is forgotten.`}</p>
      <div>
        <Button kind="danger" busy={isPending} onClick={() => mutate()}>{t`Remove the client`}</Button>
      </div>
      {error && <Problem error={error} />}
    </Panel>
  )
}

function ClientNotFound() {
  return (
    <Page title={t`Client not found`} breadcrumbs={breadcrumbs()} narrow>
      <EmptyState icon="key" title={t`There is no client with this number`}>
        <p>{t`It may have been removed.`}</p>
        <LinkButton to="/manage-clients">{t`All clients`}</LinkButton>
      </EmptyState>
    </Page>
  )
}
