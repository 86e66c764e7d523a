import { t } from '@portal/i18n'
import { Menu } from '../../kit/Menu.jsx'
import { useLanguages } from '../../sdk/languages.js'

/** The menu of the portal's languages, each named in itself. A portal with one language has no menu. */
export default function LanguageMenu() {
  const { language, languages, choose } = useLanguages()
  if (languages.length < 2) return null
  return (
    <Menu
      label={t`Language`}
      icon="globe"
      value={language}
      items={languages.map(({ code, name }) => ({ value: code, label: name, lang: code }))}
      onChange={choose}
    />
  )
}
