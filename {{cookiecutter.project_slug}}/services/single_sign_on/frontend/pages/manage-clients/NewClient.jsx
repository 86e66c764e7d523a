import { api, useNavigate, useRefresh, useState } from '@portal/sdk'
import { FormControl, LinkButton, Page, Panel, Problem, Skeleton } from '@portal/ui'
import { Form, useForm } from '@portal/ui/form'
import { t } from '@portal/i18n'
import { ClientFields, NEW_CLIENT, toFields } from './ClientFields.jsx'
import { SecretDialog } from './SecretDialog.jsx'
import { CLIENTS, breadcrumbs, kinds, useClients } from './clients.js'

/** Add a client, and show its secret once. */
export function NewClient() {
  const { item: all, error, retry } = useClients()
  return (
    <Page
      title={t`New client`}
      breadcrumbs={breadcrumbs()}
      lead={t`A site, an app or a machine that signs in with accounts of this portal.`}
      narrow
    >
      <Panel>
        {all ? (
          <NewClientForm all={all} />
        ) : error ? (
          <Problem error={error} onRetry={retry} />
        ) : (
          <Skeleton count={4} />
        )}
      </Panel>
    </Page>
  )
}

/** @param {{all: import('./clients.js').Clients}} props */
function NewClientForm({ all }) {
  const [made, setMade] = useState(/** @type {any} */ (null))
  const navigate = useNavigate()
  const refresh = useRefresh(CLIENTS)
  const form = useForm({
    initial: NEW_CLIENT,
    submit: (values) => api(CLIENTS, { body: { kind: values.kind, ...toFields(values) } }),
    onSuccess: async (answer) => {
      if (answer.secret) setMade(answer)
      else await leave(answer.client)
    },
  })

  /** @param {import('./clients.js').Client} client */
  async function leave({ id }) {
    await refresh()
    navigate(`/manage-clients/${id}`, { replace: true })
  }

  const explained = kinds()
  const { error, ...kindField } = form.field('kind')
  return (
    <>
      <Form
        form={form}
        action={t`Add the client`}
        actions={<LinkButton to="/manage-clients">{t`Cancel`}</LinkButton>}
      >
        <FormControl
          label={t`Kind`}
          help={`${explained[form.values.kind].help} ${t`It cannot be changed later.`}`}
          error={error}
        >
          {(attributes) => (
            <select {...attributes} autoFocus {...kindField}>
              {Object.entries(explained).map(([kind, { title }]) => (
                <option key={kind} value={kind}>
                  {title}
                </option>
              ))}
            </select>
          )}
        </FormControl>
        <ClientFields form={form} all={all} />
      </Form>
      {made && (
        <SecretDialog
          issuer={all.issuer}
          client={made.client}
          secret={made.secret}
          onClose={() => leave(made.client)}
        />
      )}
    </>
  )
}
