import { t } from '@portal/i18n'
import { i18n, signInPath, useLocation, usePortal } from '@portal/sdk'
import { LinkButton, Stop } from '@portal/ui'
import './denied.css'

/**
 * Explains why this person has no access, and what would grant it: `roles` and `rings` of the problem details, when they name some.
 * @param {{problem?: {detail?: string, request_id?: string, roles?: string[], rings?: string[]}}} props
 */
export default function Denied({ problem = {} }) {
  const { person } = usePortal()
  const location = useLocation()
  const name = person && (person.display_name || person.username)
  const { roles = [], rings = [] } = problem
  const wrongNetwork = rings.length > 0 // no account changes that
  const either = (names) => new Intl.ListFormat(i18n.locale, { type: 'disjunction' }).format(names)
  const neededRoles = either(roles)
  const neededRings = either(rings)
  const requestId = problem.request_id
  return (
    <Stop
      title={t`You don't have access`}
      heading={t`How to get access`}
      footer={requestId && t`Reference for the maintainers: ${requestId}`}
      actions={
        wrongNetwork ? null : person ? (
          <LinkButton to="/sign-out" state={{ now: true, next: location.pathname + location.search }}>
            {t`Use another account`}
          </LinkButton>
        ) : (
          <LinkButton kind="primary" to={signInPath(location)}>{t`Sign in`}</LinkButton>
        )
      }
    >
      {problem.detail && <p>{problem.detail}</p>}
      <ul className="requirements">
        {roles.length > 0 && (
          <li>{t`You need the role ${neededRoles}. The portal's maintainers grant roles.`}</li>
        )}
        {rings.length > 0 && <li>{t`Use a device in the network ${neededRings}.`}</li>}
        {roles.length + rings.length === 0 && !problem.detail && (
          <>
            <li>{t`You need a role that you don't have today. Your institute grants roles, and they can expire.`}</li>
            <li>{t`Or use another network. Some apps work only on campus.`}</li>
          </>
        )}
        {!wrongNetwork && (
          <li>
            {person
              ? t`You are signed in as ${name}. Another account may have access.`
              : t`You are not signed in. An account may have access.`}
          </li>
        )}
      </ul>
    </Stop>
  )
}
