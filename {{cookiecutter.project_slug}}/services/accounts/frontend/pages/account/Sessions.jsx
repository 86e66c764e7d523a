import { Trans, t } from '@portal/i18n'
import { useEffect, useMutation, useQuery, useQueryClient, useRef, useState } from '@portal/sdk'
import { Button, Icon, Notice, Time } from '@portal/ui'
import { requestSignedIn } from '../../allauth.js'
import { FormProblem } from '../../forms/Form.jsx'
import { useReauthentication } from '../../forms/Reauthentication.jsx'
import { deviceName } from './deviceName.js'
import { isoTime } from './isoTime.js'
import { Section } from './Section.jsx'

const PATH = 'auth/sessions'

/** @typedef {{id: number, user_agent: string, ip: string | null, rings?: string[], created_at: number, last_seen_at?: number, is_current: boolean}} Session */

/** The person's sessions, each with its device, network and time, and a button to end it. */
export function Sessions() {
  const client = useQueryClient()
  const withReauthentication = useReauthentication()
  const [message, setMessage] = useState('')
  /** @type {import('react').RefObject<HTMLDivElement | null>} */
  const result = useRef(null)
  const query = useQuery({ queryKey: [PATH], queryFn: ({ signal }) => requestSignedIn(PATH, { signal }) })
  const { mutate, isPending, error } = useMutation({
    /** @param {Session[]} ended */
    mutationFn: (ended) =>
      withReauthentication(() =>
        requestSignedIn(PATH, { method: 'DELETE', body: { sessions: ended.map(({ id }) => id) } }),
      ),
    onSuccess: (answer, ended) => {
      client.setQueryData([PATH], answer)
      const name = deviceName(ended[0].user_agent)
      setMessage(ended.length > 1 ? t`All other devices are signed out.` : t`${name} is signed out.`)
    },
  })
  // The button that had the focus disappears with its session.
  useEffect(() => {
    if (message) result.current?.focus()
  }, [message])

  return (
    <Section
      title={t`Where you are signed in`}
      help={t`If you don't recognize a device, sign it out and change your password.`}
      query={query}
    >
      {({ data }) => {
        const sessions = /** @type {Session[]} */ ([...data]).sort(
          (one, other) =>
            Number(other.is_current) - Number(one.is_current) || other.created_at - one.created_at,
        )
        const others = sessions.filter(({ is_current }) => !is_current)
        return (
          <>
            <div ref={result} tabIndex={-1} hidden={!message}>
              {message && <Notice kind="success">{message}</Notice>}
            </div>
            <ul role="list" className="account-list">
              {sessions.map((session) => (
                <SessionLine
                  key={session.id}
                  session={session}
                  busy={isPending}
                  onSignOut={() => mutate([session])}
                />
              ))}
            </ul>
            <FormProblem error={error} />
            {others.length > 1 && (
              <p>
                <Button
                  busy={isPending}
                  onClick={() => mutate(others)}
                >{t`Sign out all other devices`}</Button>
              </p>
            )}
          </>
        )
      }}
    </Section>
  )
}

/** @param {{session: Session, busy: boolean, onSignOut: () => void}} props */
function SessionLine({ session, busy, onSignOut }) {
  const name = deviceName(session.user_agent)
  const network = [...(session.rings ?? []), session.ip].filter(Boolean).map((part) => `${part} · `)
  return (
    <li className="account-item">
      <Icon name="system" />
      <span className="account-item-text">
        <strong title={session.user_agent}>{name}</strong>
        <span className="help">
          {network}
          <Trans>
            signed in <Time value={isoTime(session.created_at)} />
          </Trans>
        </span>
        {session.last_seen_at && (
          <span className="help">
            <Trans>
              last seen <Time value={isoTime(session.last_seen_at)} />
            </Trans>
          </span>
        )}
      </span>
      {session.is_current ? (
        <span className="row">
          <span className="badge" data-success>{t`This device`}</span>
        </span>
      ) : (
        <Button busy={busy} onClick={onSignOut}>
          {t`Sign out`}
          <span className="visually-hidden"> {name}</span>
        </Button>
      )}
    </li>
  )
}
