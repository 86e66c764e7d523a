import { t } from '@portal/i18n'
import {
  Link,
  useEffect,
  useMutation,
  useNavigate,
  usePortal,
  useQuery,
  useQueryClient,
  useSearchParams,
} from '@portal/sdk'
import { Notice, Problem, Skeleton } from '@portal/ui'
import { configQuery, fetchSession, request } from '../../allauth.js'
import { destination } from '../../destination.js'
import { FormPage } from '../../forms/FormPage.jsx'
import { InstituteButton } from '../../forms/InstituteButton.jsx'
import { CodeForm } from '../../forms/SignInForms.jsx'
import { useSignIn } from '../../forms/useSignIn.js'

/**
 * The page to which the institute's page leads back, through the server. It goes on to where the person wanted to be, asks for the second
 * factor, or says why the sign-in failed.
 */
export function Institute() {
  const [parameters] = useSearchParams()
  const next = destination(parameters.get('next'))
  const problem = parameters.get('problem')
  const { person } = usePortal()
  const client = useQueryClient()
  const navigate = useNavigate()
  const { step, types, proceed, restart } = useSignIn()
  // Which step is left, the server knows. Without one, this tells the other tabs who has signed in.
  const {
    mutate: goOn,
    error,
    isSuccess,
  } = useMutation({
    mutationFn: async () => {
      if (parameters.get('step') === 'code') await proceed(await request('auth/session'))
      else await fetchSession(client)
    },
  })
  const back = `/sign-in?next=${encodeURIComponent(next.path)}`

  useEffect(() => {
    if (!problem) goOn()
  }, [problem, goOn])

  useEffect(() => {
    if (!person) return
    if (next.outsideShell) location.replace(next.path)
    else navigate(next.path, { replace: true })
  }, [person, next.outsideShell, next.path, navigate])

  const isOver = step === 'expired' || (isSuccess && !person && step === 'password')
  useEffect(() => {
    if (isOver) navigate(back, { replace: true })
  }, [isOver, back, navigate])

  if (problem && !person) return <Failed problem={problem} next={next.path} back={back} />
  if (error) {
    return (
      <FormPage title={t`Sign in`}>
        <Problem error={error} onRetry={goOn} />
      </FormPage>
    )
  }
  if (step === 'code') {
    return (
      <FormPage title={t`Enter your code`} lead={t`Your account is protected by a second factor.`}>
        <CodeForm
          onAnswer={proceed}
          onBack={() => {
            restart()
            navigate(back, { replace: true })
          }}
          types={types}
        />
      </FormPage>
    )
  }
  return (
    <FormPage title={t`Signing you in…`}>
      <Skeleton />
    </FormPage>
  )
}

/** @param {{problem: string, next: string, back: string}} props */
function Failed({ problem, next, back }) {
  const { data: config, isPending } = useQuery(configQuery)
  const client = useQueryClient()
  const name = config?.portal?.institute_sign_in || t`your institute`
  const { name: maintainers, email } = config?.portal?.maintainers ?? {}
  const { title, text, needsMaintainers } = explain(problem, name)
  if (isPending) {
    return (
      <FormPage title={t`You are not signed in`}>
        <Skeleton />
      </FormPage>
    )
  }
  return (
    <FormPage title={t`You are not signed in`}>
      <Notice kind="error" title={title}>
        <p>{text}</p>
      </Notice>
      {needsMaintainers && email && (
        <p>
          {t`Write to ${maintainers}:`} <a href={`mailto:${email}`}>{email}</a>
        </p>
      )}
      <InstituteButton next={next} again onSignedIn={() => fetchSession(client)} />
      <p>
        <Link to={back}>{t`Other ways to sign in`}</Link>
      </p>
    </FormPage>
  )
}

/** Say in words why it failed. The codes are those of services/accounts/institute/failures.py. */
function explain(problem, name) {
  const known = {
    unavailable: {
      title: t`${name} does not answer at the moment`,
      text: t`Your account there is not affected. Try again in a minute.`,
    },
    denied: {
      title: t`${name} did not sign you in`,
      text: t`You cancelled, or your account there may not use this portal.`,
    },
    expired: {
      title: t`This sign-in has expired`,
      text: t`It took too long, was used before, or began in another browser.`,
    },
    'no-account': {
      title: t`You have no account here yet`,
      text: t`${name} knows you, and this portal does not. The maintainers can create an account with your email address.`,
      needsMaintainers: true,
    },
    email: {
      title: t`Your email address is not confirmed`,
      text: t`The first time, this portal finds you by an email address that ${name} has confirmed. It sent none.`,
      needsMaintainers: true,
    },
    inactive: {
      title: t`Your account here is closed`,
      text: t`Only the maintainers can open it again.`,
      needsMaintainers: true,
    },
    limited: {
      title: t`Too many attempts`,
      text: t`Many people have tried to sign in from this network. Wait a minute.`,
    },
  }
  return (
    known[problem] ?? {
      title: t`The answer of ${name} was not valid`,
      text: t`The portal did not accept it, to protect your account. If it happens again, tell the maintainers.`,
      needsMaintainers: true,
    }
  )
}
