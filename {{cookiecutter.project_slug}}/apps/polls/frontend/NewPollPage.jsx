import { Link, signInPath, useApp, useLocation, usePortal } from '@portal/sdk'
import { Notice, Page } from '@portal/ui'
import { Trans, t } from '@portal/i18n'
import { NewPollForm } from './NewPollForm.jsx'

export function NewPollPage() {
  const { title } = useApp()
  const { person } = usePortal()
  const location = useLocation()
  return (
    <Page title={t`Ask a question`} breadcrumbs={[{ title, to: '/polls' }]}>
      {person ? (
        <NewPollForm />
      ) : (
        <Notice>
          <p>
            <Trans>
              <Link to={signInPath(location)}>Sign in</Link> to ask a question.
            </Trans>
          </p>
        </Notice>
      )}
    </Page>
  )
}
