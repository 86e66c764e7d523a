// Written by `python manage.py apitypes` from the schema of the API. Do not edit it: run that again.

export type AnnouncementsAnnouncement = {
  id: number
  title: string
  summary: string
  author: string
  sent_at: string | null
  expires_at: string | null
}

export type AnnouncementsAnnouncementDraft = {
  saved_at: string
  title?: string
  text?: string
  everyone?: boolean
  roles?: string[]
  later?: boolean
  send_at?: string
  expires_at?: string
}

export type AnnouncementsAnnouncementDraftRequest = {
  title?: string
  text?: string
  everyone?: boolean
  roles?: string[]
  later?: boolean
  send_at?: string
  expires_at?: string
}

export type AnnouncementsAnnouncementPage = {
  id: number
  title: string
  summary: string
  author: string
  sent_at: string | null
  expires_at: string | null
  state: 'scheduled' | 'sent' | 'expired' | 'cancelled'
  send_at: string
  message: number | null
  tree: Record<string, any>[]
}

export type AnnouncementsManagedAnnouncement = {
  id: number
  title: string
  summary: string
  author: string
  sent_at: string | null
  expires_at: string | null
  state: 'scheduled' | 'sent' | 'expired' | 'cancelled'
  roles: AnnouncementsRole[]
  created_at: string
  send_at: string
  cancelled_at: string | null
  delivered: number | null
  read: number | null
}

export type AnnouncementsNewAnnouncementRequest = {
  title: string
  text: string
  roles?: string[]
  send_at?: string | null
  expires_at?: string | null
}

export type AnnouncementsOptions = {
  composing: 'allowed' | 'intranet_site' | 'second_factor' | 'refused'
  roles: AnnouncementsRole[]
}

export type AnnouncementsPreviewRequest = {
  text: string
}

export type AnnouncementsReach = {
  people: number
}

export type AnnouncementsRole = {
  name: string
  title: string
}

export type AnnouncementsSource = {
  title: string
  text: string
  roles: string[]
  send_at: string
  expires_at: string | null
}

export type AnnouncementsTree = {
  tree: Record<string, any>[]
}

export type FieldError = {
  field: string
  message: string
}

export type PaginatedAnnouncementsAnnouncementList = {
  next?: string | null
  previous?: string | null
  results: AnnouncementsAnnouncement[]
}

export type PaginatedAnnouncementsManagedAnnouncementList = {
  next?: string | null
  previous?: string | null
  results: AnnouncementsManagedAnnouncement[]
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
