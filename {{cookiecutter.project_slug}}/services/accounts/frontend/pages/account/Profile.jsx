import { Trans, t } from '@portal/i18n'
import { usePortal, useQuery } from '@portal/sdk'
import { Column, Panel, Row, Rows, Split } from '@portal/ui'
import { configQuery } from '../../allauth.js'
import { Photo } from '../../photo/Photo.jsx'

/** Who the person is in the portal. */
export function Profile() {
  const { person, apps } = usePortal()
  const { data: config } = useQuery(configQuery)
  const maintainers = config?.portal.maintainers
  const hasDirectory = apps.some(({ name }) => name === 'people')
  return (
    <Split kind="even">
      <Column>
        <Photo />
      </Column>
      <Column>
        <Panel
          title={t`About you`}
          footer={
            maintainers && (
              <span className="help">
                <Trans>
                  Something is wrong? Write to {maintainers.name}:{' '}
                  <a href={`mailto:${maintainers.email}`}>{maintainers.email}</a>
                </Trans>
              </span>
            )
          }
        >
          <Rows>
            <Row
              tile={{ title: 'Name', icon: 'person' }}
              title={person.display_name || person.username}
              detail={t`The name that others see`}
            />
            <Row
              tile={{ title: 'Username', icon: 'key' }}
              title={person.username}
              detail={t`You sign in with it`}
            />
            {hasDirectory && (
              <Row
                to={`/people/${person.id}`}
                tile={{ title: 'Page', icon: 'people' }}
                title={t`Your page in the directory`}
                detail={t`What others see of you, and your roles`}
              />
            )}
          </Rows>
        </Panel>
      </Column>
    </Split>
  )
}
