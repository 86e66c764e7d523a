import { ApiError, useParams, useState } from '@portal/sdk'
import { Button, Column, EmptyState, Icon, LinkButton, Page, Problem, Skeleton, Split } from '@portal/ui'
import { t } from '@portal/i18n'
import { useEntry } from '../../entries.js'
import { Account } from './Account.jsx'
import { GrantRoleDialog } from './GrantRoleDialog.jsx'
import { History } from './History.jsx'
import { PersonRoles } from './PersonRoles.jsx'
import { MANAGE, breadcrumbs } from './manage.js'

export function PersonPage() {
  const { id } = useParams()
  const path = `${MANAGE}${/^\d+$/.test(id) ? id : 0}/`
  const { data: person, error, refetch } = useEntry(path)
  const [isGranting, setGranting] = useState(false)
  if (error instanceof ApiError && error.status === 404) return <PersonNotFound />
  return (
    <Page
      title={person?.display_name ?? t`Person`}
      breadcrumbs={breadcrumbs()}
      lead={person?.username}
      actions={
        person && (
          <>
            {person.is_active && (
              <LinkButton to={`/people/${person.id}`}>
                <Icon name="people" />
                {t`In the directory`}
              </LinkButton>
            )}
            {person.may_change && (
              <Button kind="primary" onClick={() => setGranting(true)}>
                <Icon name="plus" />
                {t`Give a role`}
              </Button>
            )}
          </>
        )
      }
    >
      {person ? (
        <Split>
          <Column>
            <PersonRoles person={person} />
            <History person={person} />
          </Column>
          <Column>
            <Account person={person} />
          </Column>
        </Split>
      ) : error ? (
        <Problem error={error} onRetry={refetch} />
      ) : (
        <Skeleton shape="card" count={2} />
      )}
      {isGranting && (
        <GrantRoleDialog
          people={[person]}
          onClose={() => setGranting(false)}
          onDone={() => setGranting(false)}
        />
      )}
    </Page>
  )
}

function PersonNotFound() {
  return (
    <Page title={t`Person not found`} breadcrumbs={breadcrumbs()} narrow>
      <EmptyState icon="person" title={t`There is no person with this number`}>
        <p>{t`Their account may have been deleted.`}</p>
        <LinkButton to="/manage-people">{t`All people`}</LinkButton>
      </EmptyState>
    </Page>
  )
}
