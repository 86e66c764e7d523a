import { Link } from '@portal/sdk'
import { Avatar, Chip, Time } from '@portal/ui'
import { t } from '@portal/i18n'
import { endsSoon, formatDay } from './manage.js'

/** The columns of the table. On a phone, the rest is on the person's page. @returns {any[]} */
export const columns = () => [
  {
    name: 'name',
    title: t`Name`,
    sortable: true,
    render: (person) => <Name person={person} />,
  },
  { name: 'roles', title: t`Roles`, render: ({ roles }) => <Roles roles={roles} /> },
  {
    name: 'department',
    title: t`Department`,
    narrow: 'hide',
    render: ({ department }) => department || '–',
  },
  {
    name: 'last_sign_in',
    title: t`Last sign-in`,
    sortable: true,
    narrow: 'hide',
    render: ({ last_sign_in: at }) => (at ? <Time value={at} /> : <span className="help">{t`Never`}</span>),
  },
  {
    name: 'state',
    title: t`State`,
    narrow: 'hide',
    render: ({ is_active: isActive }) => <StateChip isActive={isActive} />,
  },
]

/** @param {{person: import('./manage.js').Person}} props */
function Name({ person }) {
  return (
    <span className="manage-name">
      <span className="manage-person">
        <Avatar person={person} size="header" />
      </span>
      <span className="item-words">
        <Link className="item-title" to={String(person.id)}>
          {person.display_name}
        </Link>
        <span className="help">{person.username}</span>
        {!person.is_active && <span className="manage-narrow help">{t`Deactivated`}</span>}
      </span>
    </span>
  )
}

/** @param {{roles: import('./manage.js').RoleOfToday[]}} props */
export function Roles({ roles }) {
  if (roles.length === 0) return <span className="help">{t`None`}</span>
  return (
    <span className="manage-chips">
      {roles.map(({ id, name, title, end }) => (
        <Chip key={id} tone={endsSoon(end) ? 'warn' : name === 'maintainer' ? 'info' : undefined}>
          {end && endsSoon(end) ? t`${title} until ${formatDay(end)}` : title}
        </Chip>
      ))}
    </span>
  )
}

/** @param {{isActive: boolean}} props */
export function StateChip({ isActive }) {
  return isActive ? <Chip tone="good">{t`Active`}</Chip> : <Chip>{t`Deactivated`}</Chip>
}
