import { t } from '@portal/i18n'
import { api, useMutation, useQuery, useQueryClient } from '@portal/sdk'
import { FormProblem } from '../../forms/Form.jsx'
import { Part } from './Part.jsx'

const PATH = '/api/notifications/preferences/'

/** @typedef {'inbox' | 'mail'} Channel */
/** @typedef {{on: boolean, can_change: boolean} | null} ChannelState null: the kind is not sent this way */
/** @typedef {{kind: string, app: string, app_title: string, title: string, channels: Record<Channel, ChannelState>}} Kind */

/** What the person is notified about, in the portal and by mail, with a switch for each kind that can be turned off. */
export function Notifications() {
  const client = useQueryClient()
  const query = useQuery({ queryKey: [PATH], queryFn: ({ signal }) => api(PATH, { signal }) })
  const { mutate, variables, isPending, error } = useMutation({
    /** @param {{kind: string, channel: Channel, on: boolean}} change */
    mutationFn: (change) => api(PATH, { method: 'PATCH', body: change }),
    onSuccess: (answer) => client.setQueryData([PATH], answer),
  })

  /** @param {Kind} kind @param {Channel} channel */
  function cell(kind, channel) {
    const state = kind.channels[channel]
    if (!state) {
      return (
        <span className="help">
          <span aria-hidden="true">{'–'}</span>
          <span className="visually-hidden">{t`Not sent this way`}</span>
        </span>
      )
    }
    if (!state.can_change) return <span className="help">{t`Always`}</span>
    const isSaving = isPending && variables.kind === kind.kind && variables.channel === channel
    return (
      <input
        type="checkbox"
        role="switch"
        className="switch"
        aria-label={channel === 'mail' ? t`${kind.title}, by mail` : t`${kind.title}, in the portal`}
        checked={isSaving ? variables.on : state.on}
        // Not disabled meanwhile: the switch would lose the focus.
        onChange={(event) => {
          if (!isPending) mutate({ kind: kind.kind, channel, on: event.target.checked })
        }}
      />
    )
  }

  return (
    <Part
      title={t`Notifications`}
      help={t`Choose what you are notified about, and what you also get by mail. Mails about the security of your account are always sent.`}
      query={query}
    >
      {({ kinds }) =>
        kinds.length === 0 ? (
          <p>{t`No app sends notifications yet.`}</p>
        ) : (
          <>
            <table className="table notification-kinds" data-flush>
              <thead>
                <tr>
                  <th scope="col">{t`About`}</th>
                  <th scope="col">{t`In the portal`}</th>
                  <th scope="col">{t`By mail`}</th>
                </tr>
              </thead>
              {byApp(kinds).map(([app, ofApp]) => (
                <tbody key={app}>
                  <tr>
                    <th colSpan={3} scope="rowgroup" className="notification-app">
                      {ofApp[0].app_title}
                    </th>
                  </tr>
                  {ofApp.map((kind) => (
                    <tr key={kind.kind}>
                      <th scope="row">{kind.title}</th>
                      <td>{cell(kind, 'inbox')}</td>
                      <td>{cell(kind, 'mail')}</td>
                    </tr>
                  ))}
                </tbody>
              ))}
            </table>
            <FormProblem error={error} />
          </>
        )
      }
    </Part>
  )
}

/**
 * Return [app, its kinds] for each app, in the order of the titles.
 * @param {Kind[]} kinds
 * @returns {[string, Kind[]][]}
 */
function byApp(kinds) {
  const apps = Map.groupBy(kinds, (kind) => kind.app)
  return [...apps].sort(([, [one]], [, [other]]) => one.app_title.localeCompare(other.app_title))
}
