import { Link, useApp, useList, useRefresh, useSearchParams, useTopic } from '@portal/sdk'
import { Button, EmptyState, Page, Panel, Panels, Problem, SearchField, Skeleton } from '@portal/ui'
import { plural, t } from '@portal/i18n'
import { AppTabs } from './AppTabs.jsx'
import { DayField } from './DayField.jsx'
import { Periods } from './Periods.jsx'
import { LIST, TOPIC, formatDay, useDay } from './calendar.js'

/** A day of all rooms. */
export function DayPage() {
  const { title, description } = useApp()
  const [query, setQuery] = useSearchParams()
  const [day, setDay] = useDay()
  const search = query.get('search') ?? ''
  const list = useList(LIST, { query: { day, search }, keep: true })
  useTopic(TOPIC, useRefresh(LIST))
  return (
    <Page title={title} breadcrumbs={[]} lead={description}>
      <AppTabs />
      <DayField day={day} onChange={setDay} step={1} />
      <SearchField
        label={t`Name, place or equipment`}
        value={search}
        onChange={(text) => setQuery({ day, ...(text && { search: text }) }, { replace: true })}
      />
      <h2>{formatDay(day)}</h2>
      {list.error && <Problem error={list.error} onRetry={list.retry} />}
      {!list.items && !list.error && <Skeleton shape="card" count={3} />}
      {list.items?.length === 0 && <EmptyState icon="search" title={t`No rooms found`} level="h3" />}
      <Panels>
        {list.items?.map((room) => (
          <RoomPanel key={room.id} room={room} day={day} />
        ))}
      </Panels>
      {list.fetchMore && <Button busy={list.isFetchingMore} onClick={list.fetchMore}>{t`Show more`}</Button>}
    </Page>
  )
}

/**
 * @param {object} props
 * @param {import('./calendar.js').Room} props.room
 * @param {string} props.day
 */
function RoomPanel({ room, day }) {
  const { id, name, place, seats, equipment, days } = room
  return (
    <Panel level="h3" title={<Link to={`${id}?day=${day}`}>{name}</Link>}>
      <p className="help">
        {[place, plural(seats, { one: '# seat', other: '# seats' }), equipment].filter(Boolean).join(' · ')}
      </p>
      <Periods room={room} periods={days[0].periods} />
    </Panel>
  )
}
