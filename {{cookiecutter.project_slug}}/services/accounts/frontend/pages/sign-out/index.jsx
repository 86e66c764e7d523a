import { t } from '@portal/i18n'
import { useEffect, useLocation, useMutation, usePortal, useQueryClient, useRef } from '@portal/sdk'
import { Button, LinkButton, Skeleton } from '@portal/ui'
import { finishDeletions } from '@portal/ui/toast'
import { clearSession, request } from '../../allauth.js'
import { FormProblem } from '../../forms/Form.jsx'
import { FormPage } from '../../forms/FormPage.jsx'

/** Signs out at once when the portal's own menu links here. A link from anywhere else asks first. */
export default function SignOut() {
  const { person } = usePortal()
  const { state } = useLocation()
  const client = useQueryClient()
  const started = useRef(false)
  const { mutate, isPending, error } = useMutation({
    mutationFn: async () => {
      await finishDeletions()
      return request('auth/session', { method: 'DELETE' }) // answers 401 on success
    },
    onSuccess: () => clearSession(client),
  })
  const atOnce = Boolean(person && state?.now)
  useEffect(() => {
    if (!atOnce || started.current) return
    started.current = true
    mutate()
  }, [atOnce, mutate])

  if (!person) {
    const next = state?.next ? `/sign-in?next=${encodeURIComponent(state.next)}` : '/sign-in'
    return (
      <FormPage title={t`You are signed out`} lead={t`It is safe to leave this device to someone else.`}>
        <p className="row">
          <LinkButton kind="primary" to={next}>{t`Sign in`}</LinkButton>
          <LinkButton to="/">{t`All apps`}</LinkButton>
        </p>
      </FormPage>
    )
  }
  if (atOnce && !error) {
    return (
      <FormPage title={t`Signing out…`}>
        <Skeleton count={1} />
      </FormPage>
    )
  }
  const name = person.display_name || person.username
  return (
    <FormPage title={t`Sign out`} lead={t`You are signed in as ${name}.`}>
      <FormProblem error={error} />
      <p className="row">
        <Button kind="primary" busy={isPending} onClick={() => mutate()}>{t`Sign out`}</Button>
        <LinkButton to="/">{t`Stay signed in`}</LinkButton>
      </p>
    </FormPage>
  )
}
