import { t } from '@portal/i18n'
import { useDeferredValue, useId, useState } from 'react'
import { Link } from 'react-router'
import { EmptyState } from '../kit/EmptyState.jsx'
import { Icon } from '../kit/Icon.jsx'
import { usePageHeading } from '../kit/Page.jsx'
import { Skeleton } from '../kit/Skeleton.jsx'
import { Tile } from '../kit/Tile.jsx'
import { i18n, usePortal } from '../sdk/index.js'

const FEW = 3 // beside the portal's name on a wide screen; more of them get the whole width below it
const MANY = 9 // with a field to find one by name

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

/** The same places, empty, while the portal is asked for. */
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
  const [wanted, setWanted] = useState('')
  const words = useDeferredValue(plain(wanted)).split(/\s+/)
  const found = apps.filter((app) =>
    words.every((word) => plain(`${app.title} ${app.description}`).includes(word)),
  )

  return (
    <section className="apps" aria-labelledby={id}>
      <div className="apps-header">
        <h2 id={id}>{t`Apps`}</h2>
        {apps.length >= MANY && (
          <label className="find">
            <Icon name="search" />
            <span className="for-screen-readers">{t`Find an app`}</span>
            <input
              type="search"
              placeholder={t`Find an app`}
              value={wanted}
              onChange={(event) => setWanted(event.target.value)}
            />
          </label>
        )}
      </div>
      {apps.length === 0 ? (
        <EmptyState icon="star" level="h3" title={t`Nothing to open here yet`}>
          <p>
            {signedIn
              ? t`The portal's maintainers have not opened an app to you so far.`
              : t`Some apps are shown to people who are signed in only.`}
          </p>
        </EmptyState>
      ) : found.length === 0 ? (
        <EmptyState icon="search" level="h3" title={t`No app is called that`} />
      ) : (
        categories(found).map(([category, members]) => (
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
              <span className="app-card-words">
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
 * The apps by category, in the portal's order; without headings while there are few, or only one category.
 * @param {import('../sdk/portal.js').App[]} apps
 * @returns {[string, import('../sdk/portal.js').App[]][]}
 */
export function categories(apps) {
  const groups = new Map()
  for (const app of apps) groups.set(app.category ?? '', [...(groups.get(app.category ?? '') ?? []), app])
  if (groups.size < 2 || apps.length <= FEW) return [['', apps]]
  return [...groups]
}

/** Without accents and capitals, as people type when they look for something. */
function plain(text) {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLocaleLowerCase(i18n.locale).trim()
}
