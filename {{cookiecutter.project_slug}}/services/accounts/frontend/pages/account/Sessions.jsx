import { Trans, t } from '@portal/i18n'
import { useMutation, useQuery, useQueryClient } from '@portal/sdk'
import { Button, Chip, Row, Rows, Time } from '@portal/ui'
import { confirm } from '@portal/ui/dialog'
import { toast } from '@portal/ui/toast'
import { requestSignedIn } from '../../allauth.js'
import { FormProblem } from '../../forms/Form.jsx'
import { useReauthentication } from '../../forms/Reauthentication.jsx'
import { ActionButton } from './ActionButton.jsx'
import { deviceName } from './deviceName.js'
import { isoTime } from './isoTime.js'
import { Part } from './Part.jsx'

const PATH = 'auth/sessions'

/** @typedef {{id: number, user_agent: string, ip: string | null, rings?: string[], created_at: number, last_seen_at?: number, is_current: boolean}} Session */

/** The person's sessions, each with its device, network and time, and a button to end it. */
export function Sessions() {
  const client = useQueryClient()
  const withReauthentication = useReauthentication()
  const query = useQuery({ queryKey: [PATH], queryFn: ({ signal }) => requestSignedIn(PATH, { signal }) })
  const { mutate, isPending, error } = useMutation({
    /** @param {Session[]} ended */
    mutationFn: async (ended) => {
      const name = deviceName(ended[0].user_agent)
      const all = ended.length > 1
      const agreed = await confirm({
        title: all ? t`Sign out all other devices?` : t`Sign out ${name}?`,
        body: t`Unsaved changes there are lost.`,
        action: t`Sign out`,
      })
      if (!agreed) return
      const body = { sessions: ended.map(({ id }) => id) }
      const answer = await withReauthentication(() => requestSignedIn(PATH, { method: 'DELETE', body }))
      client.setQueryData([PATH], answer)
      toast(all ? t`All other devices are signed out.` : t`${name} is signed out.`)
    },
  })
  const others = sorted(query.data?.data ?? []).filter(({ is_current: isCurrent }) => !isCurrent)

  return (
    <Part
      title={t`Where you are signed in`}
      query={query}
      footer={
        others.length > 1 ? (
          <Button kind="quiet" busy={isPending} onClick={() => mutate(others)}>
            {t`Sign out all other devices`}
          </Button>
        ) : (
          <span className="help">
            {t`If you don't recognize a device, sign it out and change your password.`}
          </span>
        )
      }
    >
      {({ data }) => (
        <>
          <Rows>
            {sorted(data).map((session) => (
              <SessionRow
                key={session.id}
                session={session}
                busy={isPending}
                onSignOut={() => mutate([session])}
              />
            ))}
          </Rows>
          <FormProblem error={error} />
        </>
      )}
    </Part>
  )
}

/** This device first, then the latest. @param {Session[]} sessions */
const sorted = (sessions) =>
  [...sessions].sort(
    (one, other) => Number(other.is_current) - Number(one.is_current) || other.created_at - one.created_at,
  )

/** @param {{session: Session, busy: boolean, onSignOut: () => void}} props */
function SessionRow({ session, busy, onSignOut }) {
  const name = deviceName(session.user_agent)
  const network = [...(session.rings ?? []), session.ip].filter(Boolean).map((part) => `${part} · `)
  return (
    <Row
      tile={{
        title: 'Device',
        icon: /iPhone|Android/.test(session.user_agent) ? 'phone' : 'laptop',
      }}
      title={<span title={session.user_agent}>{name}</span>}
      detail={
        <>
          {network}
          <Trans>
            signed in <Time value={isoTime(session.created_at)} />
          </Trans>
        </>
      }
      end={
        session.is_current ? (
          <Chip tone="good">{t`This device`}</Chip>
        ) : (
          <ActionButton of={name} busy={busy} onClick={onSignOut}>{t`Sign out`}</ActionButton>
        )
      }
    />
  )
}
