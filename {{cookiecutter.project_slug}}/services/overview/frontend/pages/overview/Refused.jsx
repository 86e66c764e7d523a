import { LinkButton, NotFound, Stop, errorText } from '@portal/ui'
import { signInPath, useLocation, usePortal } from '@portal/sdk'
import { t } from '@portal/i18n'

const SECOND_FACTOR = '/account?second-factor=required&next=/overview'

/** Who may open this page, and how the reader can. @param {{error: import('@portal/sdk').ApiError}} props */
export function Refused({ error }) {
  const { person } = usePortal()
  const location = useLocation()
  if (error.status === 404) return <NotFound />
  return (
    <Stop
      title={t`Overview`}
      heading={t`You don't have access`}
      footer={error.problem.request_id && t`Reference for the maintainers: ${error.problem.request_id}`}
      actions={
        !person ? (
          <LinkButton kind="primary" to={signInPath(location)}>{t`Sign in`}</LinkButton>
        ) : (
          person.maintainer && (
            <LinkButton kind="primary" to={SECOND_FACTOR}>{t`Confirm your second factor`}</LinkButton>
          )
        )
      }
    >
      <p>{errorText(error)}</p>
    </Stop>
  )
}
