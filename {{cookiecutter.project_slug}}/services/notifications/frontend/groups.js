/** @typedef {import('./notifications.js').Notification} Notification */

import { clock, dayOf } from '@portal/sdk'

/**
 * Group notifications by day in the portal's zone, and those of a day by app. Both keep the order: the newest first.
 * @param {Notification[]} notifications the newest first
 * @returns {{day: Date, apps: {app: string, notifications: Notification[]}[]}[]} `day` is the midnight in UTC of the same date
 */
export function groupByDayAndApp(notifications) {
  const days = groupBy(notifications, ({ created_at }) => dayOf(new Date(created_at)).getTime())
  return days.map(([time, ofDay]) => ({
    day: new Date(time),
    apps: groupBy(ofDay, ({ app }) => app).map(([app, ofApp]) => ({ app, notifications: ofApp })),
  }))
}

/**
 * Return how many days before today a day was: 0 for today, 1 for yesterday.
 * @param {Date} day as above
 * @param {Date} [now]
 */
export const daysAgo = (day, now = new Date(clock.now())) =>
  (dayOf(now).getTime() - day.getTime()) / 86_400_000

/**
 * @template Item, Key
 * @param {Item[]} items
 * @param {(item: Item) => Key} keyOf
 * @returns {[Key, Item[]][]}
 */
function groupBy(items, keyOf) {
  const groups = new Map()
  for (const item of items) {
    const key = keyOf(item)
    if (!groups.has(key)) groups.set(key, [])
    groups.get(key).push(item)
  }
  return [...groups]
}
