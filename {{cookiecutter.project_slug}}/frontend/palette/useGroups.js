import { t } from '@portal/i18n'
import { useState } from 'react'
import { usePortal } from '../sdk/portal.js'
import { useActions, useApps, usePages } from './destinations.js'
import { rank, wordsOf } from './matching.js'
import { useFound } from './useFound.js'

const FEW = 3 // of each group, until more are asked for
const MOST_RECENT = 5

/**
 * @typedef {import('./destinations.js').Item} Item
 * @typedef {{key: string, title: string, items: Item[], more?: () => void}} Group `more` shows further items of the group
 */

/**
 * Return what the palette lists for a query. What the page knows comes first: what apps find arrives later, and below, so that nothing
 * moves under the finger.
 * @param {string} query
 */
export function useGroups(query) {
  const words = wordsOf(query)
  const { isExpanded, expand } = useExpanded(query)
  const apps = useApps()
  const own = [
    { key: 'apps', title: t`Apps`, items: apps },
    { key: 'pages', title: t`Pages`, items: usePages() },
    { key: 'actions', title: t`Actions`, items: useActions() },
  ]
  const recent = useRecent(apps)
  const appNames = isExpanded.names.filter((name) => name.startsWith(FOUND))
  const { groups: found, ...state } = useFound(
    query,
    appNames.map((name) => name.slice(FOUND.length)),
  )

  const limit = ({ key, title, items }) => {
    const isShort = isExpanded.names.includes(key) || items.length <= FEW
    return {
      key,
      title,
      items: isShort ? items : items.slice(0, FEW),
      more: isShort ? undefined : () => expand(key),
    }
  }
  /** @type {Group[]} */
  const groups =
    words.length === 0
      ? [recent, ...own.slice(1).map(limit)]
      : [...ranked(own, words).map(limit), ...foundGroups(found, isExpanded.names, expand)]
  return { groups: groups.filter(({ items }) => items.length > 0), words, ...state }
}

const FOUND = 'found-'

/**
 * @param {import('./useFound.js').Group[]} found
 * @param {string[]} expanded
 * @param {(key: string) => void} expand
 * @returns {Group[]} people first
 */
function foundGroups(found, expanded, expand) {
  const peopleFirst = [...found].sort(
    (one, other) => Number(other.app === 'people') - Number(one.app === 'people'),
  )
  return peopleFirst.map(({ app, title, icon, results, more }) => {
    const key = `${FOUND}${app}`
    return {
      key,
      title: app === 'people' ? title : t`In ${title}`,
      items: results.map((result) => ({
        key: `${key}-${result.link}`,
        title: result.title,
        detail: result.detail,
        to: result.link,
        ...(app === 'people'
          ? { avatar: { display_name: result.title, photo: result.image } }
          : { tile: { title, icon } }),
      })),
      more: more && !expanded.includes(key) ? () => expand(key) : undefined,
    }
  })
}

const BESIDE = 3 // is added to the rank of an item that is found by words beside its title

/**
 * The items that match all words, the best first. A group in which a title matches comes before one in which only other words do.
 * @param {Group[]} groups
 * @param {string[]} words
 */
function ranked(groups, words) {
  return groups
    .map((group) => {
      const items = group.items
        .map((item) => ({
          item,
          place: Math.min(rank(item.title, words), BESIDE + rank(searchText(item), words)),
        }))
        .filter(({ place }) => place < Infinity)
        .sort((one, other) => one.place - other.place)
      return { ...group, items: items.map(({ item }) => item), isBeside: !(items[0]?.place < BESIDE) }
    })
    .sort((one, other) => Number(one.isBeside) - Number(other.isBeside))
}

const searchText = ({ title, words = '', detail = '' }) => `${title} ${words} ${detail}`

/** The apps that the person opened last; before they have opened any, the pinned ones or the first ones. @param {Item[]} apps */
function useRecent(apps) {
  const { recent, pinned } = usePortal()
  const names = recent.length > 0 ? recent : pinned
  const items = names.map((name) => apps.find(({ key }) => key === `app-${name}`)).filter(Boolean)
  return {
    key: 'recent',
    title: recent.length > 0 ? t`Recent` : pinned.length > 0 ? t`Pinned` : t`Apps`,
    items: (items.length > 0 ? items : apps).slice(0, MOST_RECENT),
  }
}

/** Which groups show more than a few items. Another query starts again. @param {string} query */
function useExpanded(query) {
  const [expanded, setExpanded] = useState({ query, names: /** @type {string[]} */ ([]) })
  const isExpanded = expanded.query === query ? expanded : { query, names: [] }
  const expand = (/** @type {string} */ key) => setExpanded({ query, names: [...isExpanded.names, key] })
  return { isExpanded, expand }
}
