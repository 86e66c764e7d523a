import { act, render, screen } from '@testing-library/react'
import { i18n } from '@portal/sdk'
import { makePortal } from '@portal/testing'
import { QueryClient } from '@tanstack/react-query'
import { mockApi } from '../testing/index.jsx'
import { clock, setClock } from '../sdk/clock.js'
import { portalQuery } from '../sdk/portal.js'
import { Time } from './Time.jsx'

const HOUR = 3_600_000

/** Let the portal's clock be ahead of that of the device. */
const setAhead = (milliseconds, zone = 'UTC') =>
  setClock({ now: new Date(Date.now() + milliseconds).toISOString(), time_zone: zone })

afterEach(() => {
  Object.assign(clock, { zone: undefined, ahead: 0 })
  i18n.loadAndActivate({ locale: 'en', messages: {} })
})

const show = (value) => {
  render(<Time value={value} />)
  return document.querySelector('time')
}

test.each([-HOUR, 0, HOUR])('a clock of the device that is %d ms off shows "now" for now', (ahead) => {
  setAhead(ahead)
  expect(show(new Date(Date.now() + ahead).toISOString())).toHaveTextContent('now')
})

test('the portal says what time it is when it answers', async () => {
  mockApi({ '/api/portal/': makePortal({ now: '2030-01-31T12:00:00+05:30', time_zone: 'Asia/Kolkata' }) })
  await new QueryClient().fetchQuery(portalQuery)
  expect(clock.zone).toBe('Asia/Kolkata')
  expect(Math.abs(clock.now() - Date.parse('2030-01-31T06:30:00Z'))).toBeLessThan(60_000)
  expect(show('2030-01-31T06:31:30Z')).toHaveTextContent(/in \d minutes?/)
})

test.each([
  ['Asia/Kolkata', '6:00'],
  ['Pacific/Chatham', '2:15'],
  ['America/New_York', '7:30'],
])('the date and time in full are in the zone of the portal, %s', (zone, time) => {
  setAhead(0, zone)
  expect(show('2026-11-26T00:30:00Z').title).toContain(time)
})

test('Hindi has its own words and the digits that its readers use', () => {
  i18n.loadAndActivate({ locale: 'hi', messages: {} })
  setAhead(0, 'Asia/Kolkata')
  const element = show('2026-11-26T00:30:00Z')
  expect(element.title).toContain('26 नवंबर 2026')
  expect(screen.queryByText(/ago|now|in /)).not.toBeInTheDocument()
})

// Now it is Thursday, 26 November, 01:00 in Kolkata.
test.each([
  ['2026-11-25T18:00:00Z', '1 hour ago'],
  ['2026-11-24T19:00:00Z', 'yesterday'], // Wednesday, 00:30
  ['2026-11-24T18:00:00Z', '2 days ago'], // Tuesday, 23:30: 25.5 hours ago
  ['2026-11-27T17:00:00Z', 'tomorrow'], // Friday, 22:30: in 45.5 hours
  ['2026-11-28T17:00:00Z', 'in 2 days'],
  ['2026-11-18T19:30:00Z', '1 week ago'],
  ['2026-12-31T00:00:00Z', 'in 1 month'],
  ['2025-10-01T00:00:00Z', '1 year ago'],
])('from a day on, %s counts the days of the calendar in the zone of the portal: %s', (value, text) => {
  jest.useFakeTimers({ now: new Date('2026-11-25T19:30:00Z') })
  setAhead(0, 'Asia/Kolkata')
  expect(show(value)).toHaveTextContent(text)
  jest.useRealTimers()
})

test('the text follows the clock while the page is open', () => {
  jest.useFakeTimers()
  setAhead(0)
  const element = show(new Date().toISOString())
  expect(element).toHaveTextContent('now')
  act(() => jest.advanceTimersByTime(5 * 60_000))
  expect(element).toHaveTextContent('5 minutes ago')
  jest.useRealTimers()
})
