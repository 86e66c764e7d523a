import { t } from '@portal/i18n'
import { useDeferredValue, useId, useState } from 'react'
import { Button } from '../../kit/Button.jsx'
import { EmptyState } from '../../kit/EmptyState.jsx'
import { Icon } from '../../kit/Icon.jsx'
import { Panel, Panels } from '../../kit/Panel.jsx'
import { Row, Rows } from '../../kit/Row.jsx'
import { fold } from '../../sdk/fold.js'
import { groupByCategory } from '../apps.js'

const MANY = 9 // above this many apps, there is a search field

/** @typedef {import('../../sdk/portal.js').App} App */

/** All apps by category. @param {{apps: App[], title: string}} props */
export function AllApps({ apps, title }) {
  const id = useId()
  const [query, setQuery] = useState('')
  const words = fold(useDeferredValue(query)).trim().split(/\s+/)
  const found = apps.filter((app) =>
    words.every((word) => fold(`${app.title} ${app.description}`).includes(word)),
  )
  const groups = groupByCategory(found)
  return (
    <section className="column" aria-labelledby={id}>
      <div className="section-head">
        <h2 id={id}>{title}</h2>
        {apps.length > MANY && (
          <label className="find">
            <Icon name="search" />
            <span className="visually-hidden">{t`Find an app`}</span>
            <input
              type="search"
              placeholder={t`Find an app`}
              value={query}
              onChange={(event) => setQuery(event.target.value)}
            />
          </label>
        )}
      </div>
      {found.length === 0 ? (
        <Panel>
          <EmptyState icon="search" level="h3" title={t`No matching apps`}>
            <Button onClick={() => setQuery('')}>{t`Show all apps`}</Button>
          </EmptyState>
        </Panel>
      ) : groups.length === 1 ? (
        <Category apps={found} />
      ) : (
        <Panels>
          {groups.map(([category, members]) => (
            <Category key={category} title={category || t`More`} apps={members} />
          ))}
        </Panels>
      )}
    </section>
  )
}

/** @param {{title?: string, apps: App[]}} props */
function Category({ title, apps }) {
  return (
    <Panel title={title} level="h3" className="category">
      <Rows>
        {apps.map((app) => (
          <AppRow key={app.name} app={app} />
        ))}
      </Rows>
    </Panel>
  )
}

/** @param {{app: App, end?: import('react').ReactNode}} props */
export function AppRow({ app, end }) {
  return <Row to={`/${app.name}`} tile={app} title={app.title} detail={app.description} end={end} />
}
