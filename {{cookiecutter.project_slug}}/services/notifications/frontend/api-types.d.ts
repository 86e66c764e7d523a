// Written by `python manage.py apitypes` from the schema of the API. Do not edit it: run that again.

export type FieldError = {
  field: string
  message: string
}

export type NotificationsChannelState = {
  on: boolean
  can_change: boolean
}

export type NotificationsChannels = {
  inbox: NotificationsChannelState | null
  mail: NotificationsChannelState | null
}

export type NotificationsIdsRequest = {
  ids: number[]
}

export type NotificationsKindPreference = {
  kind: string
  app: string
  app_title: string
  title: string
  channels: NotificationsChannels
}

export type NotificationsMarkReadRequest = {
  ids?: number[]
  until?: string
  all?: boolean
}

export type NotificationsNotification = {
  id: number
  kind: string
  app: string
  app_title: string
  app_icon: string
  title: string
  body: string
  link: string
  created_at: string
  read: boolean
}

export type NotificationsNotifications = {
  results: NotificationsNotification[]
  next: string | null
}

export type NotificationsPreferences = {
  kinds: NotificationsKindPreference[]
}

export type NotificationsUnread = {
  unread: number
}

export type PatchedNotificationsPreferenceChangeRequest = {
  kind?: string
  channel?: 'inbox' | 'mail'
  on?: boolean
}

export type Problem = {
  type: string
  title: string
  status: number
  detail: string
  request_id: string
  errors?: FieldError[]
  roles?: string[]
  scope?: string
  rings?: string[]
}
