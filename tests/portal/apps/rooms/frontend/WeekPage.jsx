import { ApiError, useApp, useItem, useParams, useRefresh, useTopic } from '@portal/sdk'
import { NotFound, Page, Panel, Panels, Problem, Skeleton } from '@portal/ui'
import { plural, t } from '@portal/i18n'
import { DayField } from './DayField.jsx'
import { Periods } from './Periods.jsx'
import { LIST, TOPIC, formatDay, useDay } from './calendar.js'

const DAYS = 7

/** A week of one room. */
export function WeekPage() {
  const { title } = useApp()
  const { id } = useParams()
  const [day, setDay] = useDay()
  const { item: room, error, retry } = useItem(`${LIST}${Number(id)}/?day=${day}&days=${DAYS}`)
  useTopic(TOPIC, useRefresh(LIST))
  if (error instanceof ApiError && error.status === 404) return <NotFound />
  const { name, place, seats = 0, equipment } = room ?? {}
  const about = [place, plural(seats, { one: '# seat', other: '# seats' }), equipment].filter(Boolean)
  return (
    <Page title={name ?? t`Room`} breadcrumbs={[{ title, to: '/rooms' }]} lead={room && about.join(' · ')}>
      <DayField day={day} onChange={setDay} step={DAYS} />
      {error && <Problem error={error} onRetry={retry} />}
      {!room && !error && <Skeleton shape="card" count={DAYS} />}
      <Panels>
        {room?.days.map((one) => (
          <Panel key={one.day} title={formatDay(one.day)}>
            <Periods room={room} periods={one.periods} />
          </Panel>
        ))}
      </Panels>
    </Page>
  )
}
