import { useLingui } from '@lingui/react'
import { useEffect } from 'react'
import { activateLanguage, isActive } from './i18n.js'

/**
 * Show the portal in the language that the server answered in, which a person may have chosen on another device or in another tab. The
 * component that uses it renders again with all components below it when the language changes. So they keep what was typed into them.
 * @param {import('../sdk/portal.js').Portal} [portal]
 */
export function useLanguage(portal) {
  useLingui()
  const language = portal?.language
  const direction = portal?.languages.find(({ code }) => code === language)?.direction
  useEffect(() => {
    if (language && !isActive(language)) activateLanguage(language, direction)
  }, [language, direction])
}
