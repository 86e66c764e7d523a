import { errorResponse, fakeSockets, jsonResponse, makePerson, mockApi, renderPage } from '@portal/testing'
import { screen, waitFor, within } from '@testing-library/react'
import AppPage from '../frontend/index.jsx'

const DAY = '2030-03-04'
const LIST = '/api/rooms/'
const BOOKINGS = `${LIST}bookings/`
const DAY_OF_ALL = `${LIST}?day=${DAY}`
const person = makePerson()

const at = (hour) => `${DAY}T${String(hour).padStart(2, '0')}:00:00Z`
const makeRoom = (...bookings) => {
  const periods = []
  let free = 8
  for (const [from, until, booking] of bookings) {
    periods.push({ starts_at: at(free), ends_at: at(from), booking: null })
    periods.push({ starts_at: at(from), ends_at: at(until), booking })
    free = until
  }
  periods.push({ starts_at: at(free), ends_at: at(20), booking: null })
  return {
    id: 7,
    name: 'Hall',
    place: 'Library',
    seats: 9,
    equipment: 'Screen',
    days: [{ day: DAY, periods }],
  }
}
const seminar = { id: 3, title: 'Seminar', person: 'Asha', is_mine: true }
const listOf = (...results) => ({ next: null, previous: null, results })

/** Open a page of this app. @param {Record<string, any>} answers */
function openPage(answers, path = `?day=${DAY}`) {
  const requests = mockApi(answers)
  return { requests, ...renderPage(AppPage, { app: 'rooms', portal: { person, time_zone: 'UTC' }, path }) }
}

let sockets
beforeEach(() => {
  sockets = fakeSockets()
})

test('a day lists the free and the booked periods of all rooms', async () => {
  openPage({ [DAY_OF_ALL]: listOf(makeRoom([10, 12, seminar])) })
  const room = within((await screen.findByRole('heading', { name: 'Hall' })).closest('section'))
  expect(room.getByText('Library · 9 seats · Screen')).toBeVisible()
  expect(room.getByText('Seminar · Asha')).toBeVisible()
  expect(room.getAllByText('Free')).toHaveLength(2)
})

test('a free period is booked in a dialog', async () => {
  const rooms = [makeRoom()]
  const { user, requests } = openPage({
    [DAY_OF_ALL]: () => listOf(...rooms),
    [`POST ${BOOKINGS}`]: () => {
      rooms[0] = makeRoom([9, 11, seminar])
      return seminar
    },
  })
  await user.click(await screen.findByRole('button', { name: /^Book Hall, 8:00/ }))
  await user.type(screen.getByRole('textbox', { name: 'What for' }), 'Seminar')
  await user.selectOptions(screen.getByRole('combobox', { name: 'From' }), `${DAY}T09:15:00.000Z`)
  await user.click(screen.getByRole('button', { name: 'Book' }))
  expect(await screen.findByText('Seminar · Asha')).toBeVisible()
  expect(screen.queryByRole('dialog')).toBeNull()
  expect(requests.find(({ method }) => method === 'POST').body).toEqual({
    room: 7,
    title: 'Seminar',
    starts_at: `${DAY}T09:15:00.000Z`,
    ends_at: `${DAY}T10:15:00.000Z`,
  })
})

test('when somebody else was faster, the dialog says so and stays', async () => {
  const detail = 'Somebody has just booked this time. Choose another one.'
  const { user } = openPage({
    [DAY_OF_ALL]: listOf(makeRoom()),
    [`POST ${BOOKINGS}`]: errorResponse(409, { detail }),
  })
  await user.click(await screen.findByRole('button', { name: /^Book Hall/ }))
  await user.type(screen.getByRole('textbox', { name: 'What for' }), 'Seminar')
  await user.click(screen.getByRole('button', { name: 'Book' }))
  expect(await screen.findByText(detail)).toBeVisible()
  expect(screen.getByRole('textbox', { name: 'What for' })).toHaveValue('Seminar')
})

test("another person's booking appears by itself", async () => {
  const rooms = [makeRoom()]
  openPage({ [DAY_OF_ALL]: () => listOf(...rooms) })
  await screen.findByText('Free')
  rooms[0] = makeRoom([10, 12, { ...seminar, is_mine: false }])
  await sockets.update('rooms:calendar')
  expect(await screen.findByText('Seminar · Asha')).toBeVisible()
  expect(screen.queryByRole('button', { name: /^Cancel/ })).toBeNull()
})

test('a booking is cancelled at once, and "Undo" brings it back', async () => {
  const { user, requests } = openPage({ [DAY_OF_ALL]: listOf(makeRoom([10, 12, seminar])) })
  await user.click(await screen.findByRole('button', { name: /^Cancel Seminar/ }))
  expect(screen.queryByText('Seminar · Asha')).toBeNull()
  await user.click(await screen.findByRole('button', { name: 'Undo' }))
  expect(screen.getByText('Seminar · Asha')).toBeVisible()
  expect(requests.filter(({ method }) => method === 'DELETE')).toEqual([])
})

test('the next day is one button away', async () => {
  const { user } = openPage({ [DAY_OF_ALL]: listOf(), [`${LIST}?day=2030-03-05`]: listOf(makeRoom()) })
  await screen.findByText('No rooms found')
  await user.click(screen.getByRole('button', { name: 'Next day' }))
  expect(await screen.findByRole('heading', { name: 'Hall' })).toBeVisible()
})

test('a room has a page with its week', async () => {
  const week = `${LIST}7/?day=${DAY}&days=7`
  openPage({ [week]: makeRoom([10, 12, seminar]) }, `7?day=${DAY}`)
  expect(await screen.findByRole('heading', { name: 'Hall', level: 1 })).toBeVisible()
  expect(screen.getByRole('heading', { name: 'Monday, March 4' })).toBeVisible()
})

test('the own bookings can be exported and cancelled', async () => {
  const booking = { ...seminar, room: 7, room_name: 'Hall', starts_at: at(10), ends_at: at(12) }
  const { user } = openPage(
    { [BOOKINGS]: listOf(booking), [`DELETE ${BOOKINGS}3/`]: jsonResponse(204, null) },
    'mine',
  )
  expect(await screen.findByText(/^Hall · Monday, March 4/)).toBeVisible()
  expect(screen.getByRole('link', { name: 'Save for a calendar' })).toHaveAttribute(
    'href',
    `${BOOKINGS}export/`,
  )
  await user.click(screen.getByRole('button', { name: 'Cancel Seminar' }))
  await waitFor(() => expect(screen.queryByText('Seminar')).toBeNull())
})

test.each(['x', '7/more'])('there is no page at the path %s', async (path) => {
  openPage({}, path)
  expect(await screen.findByRole('heading', { name: 'Page not found' })).toBeVisible()
})
