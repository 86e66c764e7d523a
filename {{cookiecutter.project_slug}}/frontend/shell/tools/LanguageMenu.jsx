import { t } from '@portal/i18n'
import { Menu } from '../../kit/Menu.jsx'
import { useLanguages } from '../../sdk/languages.js'
import { reportFailure } from './reportFailure.js'

/** The portal's languages, each named in itself, as a group of a menu. */
export function useLanguageGroup() {
  const { language, languages, choose } = useLanguages()
  return {
    label: t`Language`,
    value: language,
    items: languages.map(({ code, name }) => ({ value: code, label: name, lang: code })),
    onChange: (code) => choose(code, { onError: reportFailure }),
  }
}

/** The menu of the languages. A portal with one language has no menu. */
export default function LanguageMenu() {
  const group = useLanguageGroup()
  return group.items.length > 1 && <Menu icon="globe" {...group} />
}
