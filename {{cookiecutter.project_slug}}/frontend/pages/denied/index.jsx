import { t } from '@portal/i18n'
import { useLocation } from 'react-router'
import { LinkButton, Page } from '../../kit/index.js'
import { i18n, signInPath, usePortal } from '../../sdk/index.js'
import '../pages.css'

/**
 * What is closed to this person, and what would open it: `roles` and `rings` of the server's explanation, when it names some.
 * @param {{problem?: {detail?: string, request_id?: string, roles?: string[], rings?: string[]}}} props
 */
export default function Denied({ problem = {} }) {
  const { person } = usePortal()
  const place = useLocation()
  const name = person && (person.display_name || person.username)
  const { roles = [], rings = [] } = problem
  const elsewhere = rings.length > 0 // which no account changes
  const or = (names) => new Intl.ListFormat(i18n.locale, { type: 'disjunction' }).format(names)
  return (
    <Page title={t`Closed to you`} lead={problem.detail} narrow>
      <section className="card stack" aria-labelledby="what-opens">
        <h2 id="what-opens">{t`What would open the door`}</h2>
        <ul className="ways">
          {roles.length > 0 && <li>{t`The role ${or(roles)}.`}</li>}
          {rings.length > 0 && <li>{t`A device in the network ${or(rings)}.`}</li>}
          {roles.length + rings.length === 0 && (
            <>
              <li>{t`A role that you do not have today: roles begin and end, and the offices give them.`}</li>
              <li>{t`Another network: some things open on the campus only, not from home.`}</li>
            </>
          )}
          {!elsewhere && (
            <li>
              {person
                ? t`Another account: you are signed in as ${name}.`
                : t`An account: nobody is signed in here.`}
            </li>
          )}
        </ul>
      </section>
      <p className="row">
        <LinkButton kind="primary" to="/">{t`All apps`}</LinkButton>
        {elsewhere ? null : person ? (
          <LinkButton to="/sign-out" state={{ now: true, next: place.pathname + place.search }}>
            {t`Use another account`}
          </LinkButton>
        ) : (
          <LinkButton to={signInPath(place)}>{t`Sign in`}</LinkButton>
        )}
      </p>
      {problem.request_id && (
        <p className="hint">{t`Reference for the maintainers: ${problem.request_id}`}</p>
      )}
    </Page>
  )
}
