import { t } from '@portal/i18n'
import { useMutation, usePortal, useQuery, useQueryClient, useState } from '@portal/sdk'
import { Button, LinkButton, Problem, Skeleton } from '@portal/ui'
import { ValidationFailed, fetchSession, request } from '../../allauth.js'
import { FormProblem } from '../../forms/Form.jsx'
import { FormPage } from '../../forms/FormPage.jsx'
import { useLinkKey } from '../../useLinkKey.js'

/** The page that the link in the email opens. It asks for a click, because mail programs open links to check them. */
export function ConfirmEmail() {
  const key = useLinkKey('/account/email/confirm')
  const { person } = usePortal()
  const client = useQueryClient()
  const [done, setDone] = useState(false)
  const { data, error, refetch } = useQuery({
    queryKey: ['email key', key],
    queryFn: ({ signal }) =>
      request('auth/email/verify', { signal, headers: { 'X-Email-Verification-Key': key } }),
    retry: false,
    staleTime: Infinity,
    enabled: Boolean(key) && !done,
  })
  const confirm = useMutation({
    mutationFn: () => request('auth/email/verify', { body: { key } }), // 401: confirmed, and nobody is signed in here
    onSuccess: async () => {
      setDone(true)
      await Promise.all([fetchSession(client), client.invalidateQueries({ queryKey: ['account/email'] })])
    },
  })
  const email = data?.data?.email
  const continueButton = person ? (
    <LinkButton kind="primary" to="/account">{t`Your account`}</LinkButton>
  ) : (
    <LinkButton kind="primary" to="/sign-in">{t`Sign in`}</LinkButton>
  )

  if (done) {
    return (
      <FormPage title={t`Email confirmed`} lead={t`${email} is now the email address of your account.`}>
        <p>{continueButton}</p>
      </FormPage>
    )
  }
  const isInvalid = !key || error instanceof ValidationFailed || confirm.error instanceof ValidationFailed
  if (isInvalid || (data && data.status !== 200)) {
    return (
      <FormPage title={t`This link no longer works`}>
        <p>{t`The link has expired, was already used, or is incomplete. You can send a new one from your account page.`}</p>
        <p>{continueButton}</p>
      </FormPage>
    )
  }
  return (
    <FormPage title={t`Confirm your email`}>
      {error ? (
        <Problem error={error} onRetry={refetch} />
      ) : !data ? (
        <Skeleton count={1} />
      ) : (
        <>
          <p>{t`Is ${email} your email address?`}</p>
          <FormProblem error={confirm.error} />
          <p className="row form-actions">
            <Button kind="primary" busy={confirm.isPending} onClick={() => confirm.mutate()}>
              {t`Yes, confirm`}
            </Button>
          </p>
        </>
      )}
    </FormPage>
  )
}
