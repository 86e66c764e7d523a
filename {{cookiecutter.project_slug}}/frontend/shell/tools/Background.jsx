import { useKeptFocus } from './focus.js'
import { useOpenedApp } from './recent.js'
import { useRestoredPlace } from './place.js'
import { useShortcuts } from './shortcuts.js'
import { useTabs } from './tabs.js'
import { useFreshAttention } from './waiting.js'

/**
 * What happens beside all pages: their places are restored, the focus is kept, opened apps are recorded, what waits is kept
 * up to date, keys open the search, and other tabs are followed.
 * @param {{portal: import('../../sdk/portal.js').Portal, onSearch: (() => void) | null, isSearchLoading: boolean}} props
 */
export function Background({ portal, onSearch, isSearchLoading }) {
  useRestoredPlace()
  useKeptFocus()
  useOpenedApp(portal)
  useFreshAttention(portal)
  useShortcuts(onSearch, isSearchLoading)
  useTabs()
  return null
}
