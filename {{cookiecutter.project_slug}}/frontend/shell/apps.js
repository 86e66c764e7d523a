import { useMemo } from 'react'

/** @typedef {import('../sdk/portal.js').App} App */

/**
 * Split the visitor's apps into the pinned ones, in their order, and the others by category, in the portal's order.
 * @param {import('../sdk/portal.js').Portal} portal
 */
export function useCategories({ apps, pinned }) {
  return useMemo(
    () => ({
      pinned: appsOf(pinned, apps),
      categories: groupByCategory(apps.filter(({ name }) => !pinned.includes(name))),
    }),
    [apps, pinned],
  )
}

/** Find the apps of these names, in the order of the names. @param {string[]} names @param {App[]} apps @returns {App[]} */
export function appsOf(names, apps) {
  return names.map((name) => apps.find((app) => app.name === name)).filter(Boolean)
}

/**
 * Group apps by category. Apps without one form a group with an empty title, which comes last.
 * @param {App[]} apps
 * @returns {[string, App[]][]}
 */
export function groupByCategory(apps) {
  const groups = new Map()
  for (const app of apps) groups.set(app.category ?? '', [...(groups.get(app.category ?? '') ?? []), app])
  return [...groups].sort(([one], [other]) => Number(!one) - Number(!other))
}
