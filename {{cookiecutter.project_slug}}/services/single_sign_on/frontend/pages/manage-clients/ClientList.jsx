import { Link, i18n } from '@portal/sdk'
import { Chip, EmptyState, Icon, LinkButton, Page, Tile, Time } from '@portal/ui'
import { DataTable } from '@portal/ui/table'
import { t } from '@portal/i18n'
import { kinds, useClients } from './clients.js'

/** All clients: the sites, apps and machines that sign in with the portal. */
export function ClientList() {
  const { item, error, retry } = useClients()
  return (
    <Page
      title={t`Single sign-on`}
      breadcrumbs={[]}
      lead={t`The sites, apps and machines that sign in with accounts of this portal.`}
      actions={
        <LinkButton to="new" kind="primary">
          <Icon name="plus" />
          {t`New client`}
        </LinkButton>
      }
    >
      <div className="client-table">
        <DataTable
          caption={t`Clients`}
          columns={columns(item)}
          rows={item?.clients}
          empty={
            <EmptyState icon="key" title={t`No other site signs people in with this portal yet`}>
              <p>{t`Add a client for each of them: it gives the site an ID and a secret.`}</p>
            </EmptyState>
          }
          cursor={{ error, retry }}
        />
      </div>
    </Page>
  )
}

/** @param {import('./clients.js').Clients} [all] @returns {any[]} */
const columns = (all) => [
  { name: 'name', title: t`Name`, render: (client) => <Name client={client} /> },
  {
    name: 'audience',
    title: t`For`,
    narrow: 'below',
    render: ({ kind, roles, rings }) =>
      kind === 'machine' ? '–' : describeAudience(all, { roles, rings }) || t`Everybody with an account`,
  },
  {
    name: 'trusted',
    title: t`Consent`,
    narrow: 'below',
    render: ({ kind, trusted }) =>
      kind === 'machine' ? '–' : trusted ? <Chip tone="info">{t`Trusted`}</Chip> : t`People are asked`,
  },
  {
    name: 'people',
    title: t`People`,
    number: true,
    narrow: 'hide',
    render: ({ people }) => i18n.number(people),
  },
  {
    name: 'last_sign_in_at',
    title: t`Last sign-in`,
    narrow: 'below',
    render: ({ kind, last_sign_in_at: at }) =>
      kind === 'machine' ? '–' : at ? <Time value={at} /> : t`Never`,
  },
]

/** @param {import('./clients.js').Clients} all @param {{roles: string[], rings: string[]}} audience */
function describeAudience(all, { roles, rings }) {
  const titles = roles.map((name) => all.roles.find((role) => role.name === name)?.title ?? name)
  return [...titles, ...rings].join(', ')
}

/** @param {{client: import('./clients.js').Client}} props */
function Name({ client: { id, name, kind, logo } }) {
  const { title, icon } = kinds()[kind]
  return (
    <span className="client-name">
      {logo ? <img className="client-logo" src={logo} alt="" /> : <Tile title={name} icon={icon} />}
      <span className="item-words">
        <Link className="item-title" to={String(id)}>
          {name}
        </Link>
        <span className="help">{title}</span>
      </span>
    </span>
  )
}
