import { t } from '@portal/i18n'
import { i18n, signInPath, useId, useLocation, usePortal } from '@portal/sdk'
import { LinkButton, Page } from '@portal/ui'
import './denied.css'

/**
 * Explains why this person has no access, and what would grant it: `roles` and `rings` of the problem details, when they name some.
 * @param {{problem?: {detail?: string, request_id?: string, roles?: string[], rings?: string[]}}} props
 */
export default function Denied({ problem = {} }) {
  const id = useId()
  const { person } = usePortal()
  const location = useLocation()
  const name = person && (person.display_name || person.username)
  const { roles = [], rings = [] } = problem
  const wrongNetwork = rings.length > 0 // no account changes that
  const either = (names) => new Intl.ListFormat(i18n.locale, { type: 'disjunction' }).format(names)
  const neededRoles = either(roles)
  const neededRings = either(rings)
  return (
    <Page title={t`You don't have access`} lead={problem.detail} narrow>
      <section className="card stack" aria-labelledby={id}>
        <h2 id={id}>{t`What you need`}</h2>
        <ul className="requirements">
          {roles.length > 0 && <li>{t`The role ${neededRoles}`}</li>}
          {rings.length > 0 && <li>{t`A device in the network ${neededRings}`}</li>}
          {roles.length + rings.length === 0 && (
            <>
              <li>{t`A role that you don't have today. Your institute grants roles, and they can expire.`}</li>
              <li>{t`Another network. Some apps work only on campus.`}</li>
            </>
          )}
          {!wrongNetwork && (
            <li>
              {person
                ? t`Another account. You are signed in as ${name}.`
                : t`An account. You are not signed in.`}
            </li>
          )}
        </ul>
      </section>
      <p className="row">
        <LinkButton kind="primary" to="/">{t`All apps`}</LinkButton>
        {wrongNetwork ? null : person ? (
          <LinkButton to="/sign-out" state={{ now: true, next: location.pathname + location.search }}>
            {t`Use another account`}
          </LinkButton>
        ) : (
          <LinkButton to={signInPath(location)}>{t`Sign in`}</LinkButton>
        )}
      </p>
      {problem.request_id && (
        <p className="help">{t`Reference for the maintainers: ${problem.request_id}`}</p>
      )}
    </Page>
  )
}
