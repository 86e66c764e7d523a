import { t } from '@portal/i18n'
import { useEffect, useMutation, usePortal, useQueryClient } from '@portal/sdk'
import { Notice, Problem, Skeleton } from '@portal/ui'
import { beginInstituteSignIn, fetchSession } from '../../allauth.js'
import { FormPage } from '../../forms/FormPage.jsx'

const PATH = '/sign-in/again'

/**
 * The page that the dialog "Sign in again" opens in a new tab. It leads to the institute's page, which leads back to it. The tab with the
 * dialog then continues by itself.
 */
export function InstituteAgain() {
  const { person } = usePortal()
  const client = useQueryClient()
  const { mutate: begin, error } = useMutation({
    mutationFn: async () => {
      if (!(await beginInstituteSignIn(PATH))) await fetchSession(client)
    },
  })
  const isAnonymous = !person
  useEffect(() => {
    if (isAnonymous) begin()
  }, [isAnonymous, begin])

  if (person) {
    const name = person.display_name || person.username
    return (
      <FormPage title={t`You are signed in`}>
        <Notice kind="success" title={t`You are signed in as ${name}.`}>
          <p>{t`Close this tab, and continue in the other one.`}</p>
        </Notice>
      </FormPage>
    )
  }
  return (
    <FormPage title={t`Signing you in…`}>
      {error ? <Problem error={error} onRetry={begin} /> : <Skeleton />}
    </FormPage>
  )
}
