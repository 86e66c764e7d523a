import { Trans, t } from '@portal/i18n'
import { useEffect, useRef, useState } from 'react'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { Button, Icon, Notice, Time } from '../../kit/index.js'
import { askAsPerson } from '../allauth.js'
import { FormProblem } from '../parts/Form.jsx'
import { useReauthentication } from '../parts/Reauthentication.jsx'
import { device } from './device.js'
import { moment } from './moment.js'
import { Section } from './Section.jsx'

const PATH = 'auth/sessions'

/** @typedef {{id: number, user_agent: string, ip: string, rings?: string[], created_at: number, last_seen_at?: number, is_current: boolean}} Session */

/** Each device that is signed in: what it is, where it was and when, and a way to sign it out. */
export function Sessions() {
  const client = useQueryClient()
  const withReauthentication = useReauthentication()
  const [said, setSaid] = useState('')
  /** @type {import('react').RefObject<HTMLDivElement | null>} */
  const result = useRef(null)
  const query = useQuery({ queryKey: [PATH], queryFn: ({ signal }) => askAsPerson(PATH, { signal }) })
  const { mutate, isPending, error } = useMutation({
    /** @param {Session[]} ended */
    mutationFn: (ended) =>
      withReauthentication(() =>
        askAsPerson(PATH, { method: 'DELETE', body: { sessions: ended.map(({ id }) => id) } }),
      ),
    onSuccess: (answer, ended) => {
      client.setQueryData([PATH], answer)
      setSaid(
        ended.length > 1
          ? t`The other devices are signed out.`
          : t`${device(ended[0].user_agent)} is signed out.`,
      )
    },
  })
  // The button that had the focus is gone with its device.
  useEffect(() => {
    if (said) result.current?.focus()
  }, [said])

  return (
    <Section
      title={t`Where you are signed in`}
      hint={t`Sign out what you do not know, and then change your password.`}
      query={query}
    >
      {({ data }) => {
        const all = /** @type {Session[]} */ ([...data]).sort(
          (one, other) =>
            Number(other.is_current) - Number(one.is_current) || other.created_at - one.created_at,
        )
        const others = all.filter(({ is_current }) => !is_current)
        return (
          <>
            <div ref={result} tabIndex={-1} hidden={!said}>
              {said && <Notice kind="good">{said}</Notice>}
            </div>
            <ul role="list" className="lines">
              {all.map((session) => (
                <Line
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
                <Button busy={isPending} onClick={() => mutate(others)}>{t`Sign out all others`}</Button>
              </p>
            )}
          </>
        )
      }}
    </Section>
  )
}

/** @param {{session: Session, busy: boolean, onSignOut: () => void}} props */
function Line({ session, busy, onSignOut }) {
  const name = device(session.user_agent)
  const where = [...(session.rings ?? []), session.ip].join(' · ')
  return (
    <li className="line">
      <Icon name="system" />
      <span className="line-words">
        <strong title={session.user_agent}>{name}</strong>
        <span className="hint">
          {where} ·{' '}
          <Trans>
            signed in <Time value={moment(session.created_at)} />
          </Trans>
        </span>
        {session.last_seen_at && (
          <span className="hint">
            <Trans>
              last seen <Time value={moment(session.last_seen_at)} />
            </Trans>
          </span>
        )}
      </span>
      {session.is_current ? (
        <span className="row">
          <span className="state" data-good>{t`This device`}</span>
        </span>
      ) : (
        <Button busy={busy} onClick={onSignOut}>
          {t`Sign out`}
          <span className="for-screen-readers"> {name}</span>
        </Button>
      )}
    </li>
  )
}
