import { ApiError, api, useMutation, usePortal, useQuery, useQueryClient } from '@portal/sdk'

/**
 * @typedef {{id: number, kind: string, app: string, app_title: string, app_icon: string, title: string, body: string, link: string,
 *   created_at: string, read: boolean}} Notification
 *   `kind` is `<app>.<kind>`; `link` is a path of the portal, or empty
 * @typedef {{ids: number[]} | {until: string} | {all: true}} Selection the notifications to mark as read; `until` is an ISO 8601 time
 */

export const LIST = '/api/notifications/'
const COUNT = `${LIST}count/`

/** Where people choose which kinds reach them, and how. */
export const SETTINGS = '/account#notifications'

/** Return whether a query reads a list of notifications. */
const isList = ({ queryKey }) => String(queryKey[0]).startsWith(`${LIST}?`)

/** Return whether a query reads notifications or their count. */
const isOfNotifications = (query) => isList(query) || query.queryKey[0] === COUNT

/** Return the number of unread notifications: the same as on the bell, whose query it is. */
export function useUnreadCount() {
  const { person, unread } = usePortal()
  const { data } = useQuery({
    queryKey: [COUNT, person?.id],
    queryFn: ({ signal }) => api(COUNT, { signal }),
    enabled: Boolean(person),
    meta: { background: true },
  })
  return data?.unread ?? unread
}

/** Mark notifications as read: `mutate({ ids: [1] })`, `mutate({ until: '2026-11-26T10:00:00Z' })` or `mutate({ all: true })`. */
export function useMarkRead() {
  return useChange(
    /** @param {Selection} selection */
    (selection) => api(`${LIST}read/`, { body: selection }),
    (notification, selection) =>
      isSelected(notification, selection) ? { ...notification, read: true } : notification,
  )
}

/** Delete a notification: `mutate(id)`. */
export function useDelete() {
  return useChange(
    /** @param {number} id */
    (id) => api(`${LIST}${id}/`, { method: 'DELETE' }).catch(ignoreNotFound),
    (notification, id) => (notification.id === id ? null : notification),
  )
}

/** Another tab or device has deleted the notification already. */
function ignoreNotFound(error) {
  if (!(error instanceof ApiError && error.status === 404)) throw error
}

/** @param {Notification} notification @param {any} selection */
const isSelected = ({ id, created_at }, { ids, until }) =>
  ids ? ids.includes(id) : !until || Date.parse(created_at) <= Date.parse(until)

/**
 * A mutation that changes the notifications on the page, and their count, before the server answers. After an error, it changes them back.
 * @template Target
 * @param {(target: Target) => Promise<any>} send
 * @param {(notification: Notification, target: Target) => Notification | null} change null removes the notification
 */
function useChange(send, change) {
  const client = useQueryClient()

  async function onMutate(target) {
    await client.cancelQueries({ predicate: isOfNotifications }) // an older answer would undo the change
    const before = client.getQueriesData({ predicate: isOfNotifications })
    const noLongerUnread = new Set()
    client.setQueriesData({ predicate: isList }, (list) =>
      mapList(list, (notification) => {
        const changed = change(notification, target)
        if (!notification.read && (!changed || changed.read)) noLongerUnread.add(notification.id)
        return changed
      }),
    )
    updateCount(({ unread }) => ({ unread: Math.max(0, unread - noLongerUnread.size) }))
    return before
  }

  const updateCount = (update) =>
    client.setQueriesData({ queryKey: [COUNT] }, (count) => count && update(count))

  return useMutation({
    mutationKey: [LIST],
    mutationFn: send,
    onMutate,
    onError: (_error, _target, before) => before?.forEach(([key, data]) => client.setQueryData(key, data)),
    onSuccess: (answer) => {
      if (Number.isInteger(answer?.unread)) updateCount(() => ({ unread: answer.unread }))
    },
    onSettled: () => {
      // Only after the last of several changes: the server's answer would undo the others for a moment.
      if (client.isMutating({ mutationKey: [LIST] }) === 1)
        client.invalidateQueries({ predicate: isOfNotifications })
    },
  })
}

/** Change each notification of a query's data: of one answer, or of the answers of an infinite query. */
function mapList(data, change) {
  if (data?.pages) return { ...data, pages: data.pages.map((page) => mapList(page, change)) }
  return data?.results && { ...data, results: data.results.map(change).filter(Boolean) }
}
