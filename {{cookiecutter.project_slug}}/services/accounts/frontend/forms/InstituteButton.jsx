import { t } from '@portal/i18n'
import { ApiError, useMutation, useQuery } from '@portal/sdk'
import { Button, Icon, Notice } from '@portal/ui'
import { beginInstituteSignIn, configQuery } from '../allauth.js'
import { FormProblem } from './Form.jsx'

/**
 * A button to sign in with the institute's own account: it leads to the institute's page, which leads back. It is hidden where there are no
 * such accounts.
 * @param {{next: string, again?: boolean, onSignedIn: () => void}} props `next` is where to go afterwards; `onSignedIn` is called when
 *   another tab has signed in meanwhile
 */
export function InstituteButton({ next, again, onSignedIn }) {
  const { data: config } = useQuery(configQuery)
  const name = config?.portal?.institute_sign_in
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      if (!(await beginInstituteSignIn(next))) onSignedIn()
    },
  })
  if (!name) return null
  return (
    <div className="stack sign-in-way">
      <Button kind={again ? 'primary' : 'plain'} busy={isPending} onClick={() => mutate()}>
        <Icon name="globe" />
        {again ? t`Try again` : t`Sign in with ${name}`}
      </Button>
      {error instanceof ApiError && error.status === 503 ? (
        <Notice kind="error" title={t`${name} does not answer at the moment`}>
          <p>{t`Your account there is not affected. Try again in a minute.`}</p>
        </Notice>
      ) : (
        <FormProblem error={error} />
      )}
    </div>
  )
}
