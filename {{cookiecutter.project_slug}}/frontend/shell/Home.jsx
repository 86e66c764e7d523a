import { t } from '@portal/i18n'
import { useDeferredValue, useId, useState } from 'react'
import { Link } from 'react-router'
import { EmptyState } from '../kit/EmptyState.jsx'
import { Icon } from '../kit/Icon.jsx'
import { usePageHeading } from '../kit/Page.jsx'
import { Skeleton } from '../kit/Skeleton.jsx'
import { Tile } from '../kit/Tile.jsx'
import { i18n, usePortal } from '../sdk/index.js'

const FEW = 3 // up to this many apps, wide screens show them beside the portal's name, without categories
const MANY = 9 // from this many apps on, there is a search field

/** The home page: the portal's name and the apps that this visitor may open. */
export function Home() {
  const portal = usePortal()
  const heading = usePageHeading()
  return (
    <div className="home" data-few={portal.apps.length <= FEW || undefined}>
      <section className="hero">
        <p className="eyebrow">{portal.institute.name}</p>
        <h1 ref={heading} tabIndex={-1}>
          {portal.name}
        </h1>
        {portal.description && <p className="lead">{portal.description}</p>}
      </section>
      <Apps apps={portal.apps} signedIn={Boolean(portal.person)} />
    </div>
  )
}

/** A placeholder for the home page while the portal's data is loading. */
export function HomeSkeleton() {
  return (
    <div className="home" data-few>
      <section className="hero" aria-hidden="true">
        <span className="skeleton skeleton-heading" />
        <span className="skeleton" />
      </section>
      <section className="apps">
        <Skeleton shape="card" />
      </section>
    </div>
  )
}

/** @param {{apps: import('../sdk/portal.js').App[], signedIn: boolean}} props */
function Apps({ apps, signedIn }) {
  const id = useId()
  const [query, setQuery] = useState('')
  const words = useDeferredValue(normalize(query)).split(/\s+/)
  const found = apps.filter((app) =>
    words.every((word) => normalize(`${app.title} ${app.description}`).includes(word)),
  )

  return (
    <section className="apps" aria-labelledby={id}>
      <div className="apps-header">
        <h2 id={id}>{t`Apps`}</h2>
        {apps.length >= MANY && (
          <label className="app-search">
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
      {apps.length === 0 ? (
        <EmptyState icon="star" level="h3" title={t`No apps yet`}>
          <p>
            {signedIn
              ? t`You don't have access to any app. Ask the portal's maintainers for access.`
              : t`Some apps are only for people who are signed in.`}
          </p>
        </EmptyState>
      ) : found.length === 0 ? (
        <EmptyState icon="search" level="h3" title={t`No matching apps`} />
      ) : (
        groupByCategory(found).map(([category, members]) => (
          <Category key={category} title={category} apps={members} />
        ))
      )}
    </section>
  )
}

/** @param {{title: string, apps: import('../sdk/portal.js').App[]}} props */
function Category({ title, apps }) {
  return (
    <>
      {title && <h3 className="category">{title}</h3>}
      <ul className="cards" role="list">
        {apps.map((app) => (
          <li key={app.name}>
            <Link className="card app-card" to={`/${app.name}`}>
              <Tile title={app.title} icon={app.icon} />
              <span className="app-card-text">
                <span className="app-card-title">{app.title}</span>
                {app.description && <span className="app-card-description">{app.description}</span>}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </>
  )
}

/**
 * Group apps by category, in the portal's order. Few apps, or apps of one category, form one group with an empty title.
 * @param {import('../sdk/portal.js').App[]} apps
 * @returns {[string, import('../sdk/portal.js').App[]][]}
 */
function groupByCategory(apps) {
  const groups = new Map()
  for (const app of apps) groups.set(app.category ?? '', [...(groups.get(app.category ?? '') ?? []), app])
  if (groups.size < 2 || apps.length <= FEW) return [['', apps]]
  return [...groups]
}

/** Remove accents and capitals from a text, to compare it with what people type into a search field. */
function normalize(text) {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase(i18n.locale).trim()
}
