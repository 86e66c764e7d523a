import { t } from '@portal/i18n'
import { useState } from 'react'
import { Icon } from '../kit/Icon.jsx'
import { Navigation } from './Navigation.jsx'
import { readStorage, writeStorage } from './storage.js'

const KEY = 'portal-sidebar' // its value is `icons` while the sidebar is collapsed

/**
 * The bar beside every page on a wide screen. It collapses to icons.
 * @param {import('./Navigation.jsx').NavigationProps} props
 */
export function Sidebar({ portal, Badge }) {
  const [collapsed, setCollapsed] = useState(() => readStorage(KEY) === 'icons')
  const label = collapsed ? t`Expand` : t`Collapse`
  return (
    <nav className="sidebar" aria-label={t`Portal`} data-collapsed={collapsed || undefined}>
      <Navigation portal={portal} Badge={Badge} />
      <button
        type="button"
        className="nav-link sidebar-toggle"
        title={label}
        onClick={() => {
          setCollapsed(!collapsed)
          writeStorage(KEY, collapsed ? '' : 'icons')
        }}
      >
        <Icon name="collapse" />
        <span>{label}</span>
      </button>
    </nav>
  )
}
