import { i18n } from '@portal/sdk'
import { t } from '@portal/i18n'

/** @typedef {import('./entries.js').Visibility} Visibility */

/** The parts of a profile, as people read them. */
export const partTitles = () => ({
  entry: t`Your profile`,
  photo: t`Your photo`,
  roles: t`Your roles`,
  email: t`Your email`,
})

/** The levels of each part, as options of a select. @returns {{value: Visibility, label: string}[]} */
export const levelOptions = () => [
  { value: 'everyone', label: t`Everyone who is signed in` },
  { value: 'campus', label: t`People on campus` },
  { value: 'nobody', label: t`Only you and maintainers` },
]

/** Who looks at a profile in the preview: others of the directory see the levels in `sees`, and maintainers everything. */
export const viewers = () => [
  { name: 'everyone', title: t`Signed in, elsewhere`, sees: ['everyone'] },
  { name: 'campus', title: t`Signed in, on campus`, sees: ['everyone', 'campus'] },
  { name: 'maintainers', title: t`Maintainers`, sees: ['everyone', 'campus', 'nobody'] },
]

/**
 * Make the profile that a viewer sees with these settings; null if they see none.
 * @param {import('./entries.js').Entry} entry one's own, in full
 * @param {{[field: string]: string}} settings such as `{entry_visible_to: 'campus'}`
 * @param {string[]} sees the levels that the viewer sees
 */
export function profileFor(entry, settings, sees) {
  const shows = (part) => sees.includes(settings[`${part}_visible_to`])
  if (!shows('entry')) return null
  return {
    ...entry,
    photo: shows('photo') ? entry.photo : null,
    roles: shows('roles') ? entry.roles : [],
    email: shows('email') ? entry.email : null,
  }
}

/**
 * Say who else sees what the reader sees of a profile.
 * @param {import('./entries.js').Profile} profile
 * @param {boolean} isOwn
 */
export function shownToSentence({ shown_to: shownTo }, isOwn) {
  const titles = { photo: t`photo`, roles: t`roles`, email: t`email` }
  const list = new Intl.ListFormat(i18n.locale)
  const names = {
    everyone: t`everyone who is signed in`,
    campus: t`people on campus`,
    nobody: isOwn ? t`only you` : t`nobody else`,
  }
  /** @type {Map<string, string[]>} */
  const byLevel = new Map()
  for (const [part, level] of Object.entries(shownTo ?? {}))
    if (level) byLevel.set(level, [...(byLevel.get(level) ?? []), titles[part]])
  return [...byLevel].map(([level, parts]) => t`Shown to ${names[level]}: ${list.format(parts)}.`).join(' ')
}
