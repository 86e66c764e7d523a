import { useKeptFocus } from './focus.js'
import { useOpenedApp } from './recent.js'
import { useRestoredPlace } from './place.js'
import { useShortcuts } from './shortcuts.js'
import { useTabs } from './tabs.js'

/**
 * What happens beside all pages: their places are restored, the focus is kept, opened apps are recorded, keys open the search, and other tabs
 * are followed.
 * @param {{portal: import('../../sdk/portal.js').Portal, onSearch: (() => void) | null}} props
 */
export function Background({ portal, onSearch }) {
  useRestoredPlace()
  useKeptFocus()
  useOpenedApp(portal)
  useShortcuts(onSearch)
  useTabs()
  return null
}
