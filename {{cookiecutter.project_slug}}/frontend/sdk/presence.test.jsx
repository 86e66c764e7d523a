import { errorResponse, makePerson, makePortal, mockApi, renderInPortal } from '@portal/testing'
import { act, screen } from '@testing-library/react'
import { usePresence } from './presence.js'

const REPORT = 'POST /api/portal/presence/'
const wait = (milliseconds) => act(() => jest.advanceTimersByTimeAsync(milliseconds))

function Here({ topic }) {
  return <p>{String(usePresence(topic))}</p>
}

const open = (topic, person = makePerson()) =>
  renderInPortal(<Here topic={topic} />, { portal: makePortal({ person }) })

function setVisibility(state) {
  jest.spyOn(document, 'visibilityState', 'get').mockReturnValue(state)
  document.dispatchEvent(new Event('visibilitychange'))
}

beforeEach(() => jest.useFakeTimers())
afterEach(() => {
  jest.useRealTimers()
  jest.restoreAllMocks()
})

test('the number of people is shown and kept up to date', async () => {
  let people = 1
  const requests = mockApi({ [REPORT]: () => ({ people: people++ }) })
  open('polls:7')
  expect(screen.getByText('null')).toBeVisible()
  await wait(0)
  expect(screen.getByText('1')).toBeVisible()
  await wait(60_000)
  expect(requests.length).toBeGreaterThanOrEqual(4)
  expect(requests.length).toBeLessThanOrEqual(6)
  expect(requests.at(-1).body).toEqual({ topic: 'polls:7' })
  expect(screen.getByText(String(people - 1))).toBeVisible()
})

test('a person who leaves the page, or closes it, is no longer counted', async () => {
  const requests = mockApi({ [REPORT]: { people: 1 } })
  const view = open('polls:7')
  await wait(0)
  window.dispatchEvent(new Event('pagehide'))
  expect(requests.at(-1).body).toEqual({ topic: 'polls:7', leave: true })
  view.unmount()
  await wait(60_000)
  expect(requests.map(({ body }) => body.leave ?? false)).toEqual([false, true, true])
})

test('a hidden tab does not report, and reports at once when it is visible again', async () => {
  const requests = mockApi({ [REPORT]: { people: 1 } })
  open('polls:7')
  await wait(0)
  setVisibility('hidden')
  await wait(60_000)
  expect(requests).toHaveLength(1)
  setVisibility('visible')
  await wait(0)
  expect(requests).toHaveLength(2)
  await wait(20_000)
  expect(requests.length).toBeLessThanOrEqual(4) // one series of reports, not two
})

test('anonymous visitors ask for the number, and do not leave', async () => {
  const requests = mockApi({ [REPORT]: { people: 3 } })
  const view = open('polls:7', null)
  await wait(0)
  expect(screen.getByText('3')).toBeVisible()
  view.unmount()
  expect(requests).toHaveLength(1)
})

test('without access it asks only once, and after an outage again', async () => {
  let answer = errorResponse(503, {}, { 'Retry-After': '5' })
  const requests = mockApi({ [REPORT]: () => answer })
  open('polls:7')
  await wait(30_000)
  expect(requests.length).toBeGreaterThanOrEqual(2)
  answer = errorResponse(404)
  await wait(20_000)
  const asked = requests.length
  await wait(60_000)
  expect(requests).toHaveLength(asked)
})

test('without a topic nothing is asked', async () => {
  const requests = mockApi({})
  open(null)
  await wait(60_000)
  expect(requests).toEqual([])
})
