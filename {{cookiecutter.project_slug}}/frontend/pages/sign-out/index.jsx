import { t } from '@portal/i18n'
import { useEffect, useRef } from 'react'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useLocation } from 'react-router'
import { Button, LinkButton, Skeleton } from '../../kit/index.js'
import { usePortal } from '../../sdk/index.js'
import { ask, clearSession } from '../allauth.js'
import { FormPage } from '../parts/FormPage.jsx'
import { FormProblem } from '../parts/Form.jsx'

/** Signs out at once when the portal's own menu says so; a link from elsewhere only asks. */
export default function SignOut() {
  const { person } = usePortal()
  const { state } = useLocation()
  const client = useQueryClient()
  const begun = useRef(false)
  const { mutate, isPending, error } = useMutation({
    mutationFn: () => ask('auth/session', { method: 'DELETE' }), // 401 is what it answers when it worked
    onSuccess: () => clearSession(client),
  })
  const atOnce = Boolean(person && state?.now)
  useEffect(() => {
    if (!atOnce || begun.current) return
    begun.current = true
    mutate()
  }, [atOnce, mutate])

  if (!person) {
    const next = state?.next ? `/sign-in?next=${encodeURIComponent(state.next)}` : '/sign-in'
    return (
      <FormPage
        title={t`You are signed out`}
        lead={t`Others who use this device cannot act in your name now.`}
      >
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
  return (
    <FormPage title={t`Sign out`} lead={t`You are signed in as ${person.display_name || person.username}.`}>
      <FormProblem error={error} />
      <p className="row">
        <Button kind="primary" busy={isPending} onClick={() => mutate()}>{t`Sign out`}</Button>
        <LinkButton to="/">{t`Stay signed in`}</LinkButton>
      </p>
    </FormPage>
  )
}
