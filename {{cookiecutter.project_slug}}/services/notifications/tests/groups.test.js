import { clock, dayOf } from '@portal/sdk'
import { daysAgo, groupByDayAndApp } from '../frontend/groups.js'

afterEach(() => (clock.zone = undefined))

const make = (id, app, year, month, day, hour) => ({
  id,
  app,
  kind: `${app}.news`,
  title: String(id),
  body: '',
  link: '',
  created_at: new Date(year, month - 1, day, hour).toISOString(),
  read: false,
})

test('notifications are grouped by day and within a day by app, the newest first', () => {
  const groups = groupByDayAndApp([
    make(5, 'polls', 2026, 11, 26, 9),
    make(4, 'library', 2026, 11, 26, 8),
    make(3, 'polls', 2026, 11, 26, 0),
    make(2, 'polls', 2026, 11, 25, 23),
    make(1, 'polls', 2025, 11, 25, 23),
  ])
  const ids = groups.map(({ day, apps }) => [
    day.getUTCFullYear(),
    day.getUTCDate(),
    apps.map(({ app, notifications }) => [app, ...notifications.map(({ id }) => id)]),
  ])
  expect(ids).toEqual([
    [
      2026,
      26,
      [
        ['polls', 5, 3],
        ['library', 4],
      ],
    ],
    [2026, 25, [['polls', 2]]],
    [2025, 25, [['polls', 1]]],
  ])
})

test.each([
  [0, new Date(2026, 10, 26, 0, 0), new Date(2026, 10, 26, 23, 59)],
  [1, new Date(2026, 10, 25, 23, 59), new Date(2026, 10, 26, 0, 0)],
  [1, new Date(2026, 2, 28, 12), new Date(2026, 2, 29, 1)], // European clocks change on the 29th
  [365, new Date(2025, 10, 26), new Date(2026, 10, 26)],
])('%d days are between the dates', (days, day, now) => {
  expect(daysAgo(dayOf(day), now)).toBe(days)
})

test('days begin at midnight in the zone of the portal', () => {
  const [late, early] = ['2026-11-25T18:29:00Z', '2026-11-25T18:31:00Z'].map((time) => new Date(time))
  clock.zone = 'Asia/Kolkata'
  expect(daysAgo(dayOf(late), early)).toBe(1)
  clock.zone = 'UTC'
  expect(daysAgo(dayOf(late), early)).toBe(0)
})
