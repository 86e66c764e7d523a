import { t } from '@portal/i18n'
import { useState } from 'react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useParams } from 'react-router'
import { Button, LinkButton, Problem, Skeleton } from '../../kit/index.js'
import { usePortal } from '../../sdk/index.js'
import { Refused, ask, fetchSession } from '../allauth.js'
import { FormPage } from '../parts/FormPage.jsx'
import { FormProblem } from '../parts/Form.jsx'

/** Where the mail's link leads. A button confirms: mail programs open links by themselves, to look at them. */
export function ConfirmEmail() {
  const { key } = useParams()
  const { person } = usePortal()
  const client = useQueryClient()
  const [done, setDone] = useState(false)
  const { data, error, refetch } = useQuery({
    queryKey: ['email key', key],
    queryFn: ({ signal }) =>
      ask('auth/email/verify', { signal, headers: { 'X-Email-Verification-Key': key } }),
    retry: false,
    staleTime: Infinity,
    enabled: !done,
  })
  const confirm = useMutation({
    mutationFn: () => ask('auth/email/verify', { body: { key } }), // 401: confirmed, by somebody who is not signed in here
    onSuccess: async () => {
      setDone(true)
      await Promise.all([fetchSession(client), client.invalidateQueries({ queryKey: ['account/email'] })])
    },
  })
  const email = data?.data?.email
  const onwards = person ? (
    <LinkButton kind="primary" to="/account">{t`Your account`}</LinkButton>
  ) : (
    <LinkButton kind="primary" to="/sign-in">{t`Sign in`}</LinkButton>
  )

  if (done) {
    return (
      <FormPage title={t`Confirmed`} lead={t`${email} is yours, and in use from now on.`}>
        <p>{onwards}</p>
      </FormPage>
    )
  }
  if (error instanceof Refused || confirm.error instanceof Refused || (data && data.status !== 200)) {
    return (
      <FormPage title={t`This link no longer works`}>
        <p>{t`It was used already, is too old, or was cut by the mail program. Your account's page sends a new one.`}</p>
        <p>{onwards}</p>
      </FormPage>
    )
  }
  return (
    <FormPage title={t`Confirm your e-mail`}>
      {error ? (
        <Problem error={error} onRetry={refetch} />
      ) : !data ? (
        <Skeleton count={1} />
      ) : (
        <>
          <p>{t`Is ${email} your address?`}</p>
          <FormProblem error={confirm.error} />
          <p className="row form-actions">
            <Button kind="primary" busy={confirm.isPending} onClick={() => confirm.mutate()}>
              {t`Yes, use it`}
            </Button>
          </p>
        </>
      )}
    </FormPage>
  )
}
