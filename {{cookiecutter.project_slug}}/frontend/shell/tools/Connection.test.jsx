import { renderInPortal } from '@portal/testing'
import { act, screen } from '@testing-library/react'
import { Connection } from './Connection.jsx'
import { hasNewVersion } from './newVersion.js'

const PAGE = '<div id="root"></div><script src="/static/frontend/shell.111111111111.js"></script>'

let online = true
let served = PAGE

beforeEach(() => {
  jest.useFakeTimers()
  online = true
  served = PAGE
  jest.spyOn(navigator, 'onLine', 'get').mockImplementation(() => online)
  global.fetch = jest.fn(async () => ({ ok: true, text: async () => served }))
  document.body.innerHTML = '<script type="text/plain" src="/static/frontend/shell.111111111111.js"></script>'
})

afterEach(() => jest.useRealTimers())

const later = (milliseconds) => act(() => jest.advanceTimersByTimeAsync(milliseconds))

test('a device that is offline is told so, and what it sends', () => {
  renderInPortal(<Connection failed={false} />)
  expect(screen.getByRole('status')).toBeEmptyDOMElement()
  online = false
  act(() => void window.dispatchEvent(new Event('offline')))
  expect(screen.getByRole('status')).toHaveTextContent('This device is offline.')
  online = true
  act(() => void window.dispatchEvent(new Event('online')))
  expect(screen.getByRole('status')).toBeEmptyDOMElement()
})

test('while the portal does not answer, the line says that it reconnects', () => {
  renderInPortal(<Connection failed />)
  expect(screen.getByRole('status')).toHaveTextContent('The portal does not answer. Reconnecting…')
})

test('a new version is offered and never loaded by itself', async () => {
  renderInPortal(<Connection failed={false} />)
  await later(10_000)
  expect(screen.getByRole('status')).toBeEmptyDOMElement()
  served = PAGE.replace('111111111111', '222222222222')
  await later(15 * 60_000)
  expect(screen.getByRole('status')).toHaveTextContent('A new version of the portal is available.')
  expect(screen.getByRole('button', { name: 'Reload' })).toBeVisible()
})

test('the page is compared again when the portal answers again', async () => {
  const { rerender } = renderInPortal(<Connection failed={false} />)
  await later(10_000)
  served = PAGE.replace('111111111111', '222222222222')
  rerender(<Connection failed />)
  rerender(<Connection failed={false} />)
  await later(10_000)
  expect(screen.getByRole('button', { name: 'Reload' })).toBeVisible()
})

test.each([
  ['an error page', '<h1>The portal is being updated</h1>', true],
  ['an error', PAGE.replace('111111111111', '222222222222'), false],
])('%s is not a new version', async (_name, text, ok) => {
  global.fetch = jest.fn(async () => ({ ok, text: async () => text }))
  expect(await hasNewVersion()).toBe(false)
})
