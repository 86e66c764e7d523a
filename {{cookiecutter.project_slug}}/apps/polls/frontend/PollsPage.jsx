import { useApp, useItem, usePortal, useRefresh, useTopic } from '@portal/sdk'
import { Icon, LinkButton, Page, Tabs } from '@portal/ui'
import { t } from '@portal/i18n'
import { API } from './polls.js'

/**
 * The frame of all lists: the heading, the button that begins, and the tabs. It refreshes what is inside when polls change.
 * @param {{children: import('react').ReactNode}} props
 */
export function PollsPage({ children }) {
  const { title } = useApp()
  const { person } = usePortal()
  const counts = useCounts()
  useTopic('polls:list', useRefresh(API))
  const all = { to: '/polls', title: t`All`, end: true }
  const closed = { to: '/polls/closed', title: t`Closed` }
  const own = [
    { to: '/polls/not-voted', title: t`Not voted`, count: counts?.not_voted },
    { to: '/polls/mine', title: t`Asked by me` },
  ]
  return (
    <Page title={title} breadcrumbs={[]} actions={person && <AskButton kind="primary" />}>
      <Tabs label={title} items={person ? [all, ...own, closed] : [all, closed]} />
      {children}
    </Page>
  )
}

/** @param {{kind?: 'plain' | 'primary'}} props */
export function AskButton({ kind }) {
  return (
    <LinkButton kind={kind} to="/polls/new">
      <Icon name="plus" />
      {t`Ask a question`}
    </LinkButton>
  )
}

/** How many polls the lists have, once it is known. @returns {{open: number, closed: number, not_voted: number} | undefined} */
export function useCounts() {
  const path = `${API}counts/`
  return useItem(path).item
}
