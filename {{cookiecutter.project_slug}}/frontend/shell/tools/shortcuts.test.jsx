import '../earlyKeys.js'
import { makePerson, makePortal, mockApi, renderInPortal } from '@portal/testing'
import { act, screen, waitFor } from '@testing-library/react'
import { Shell } from '../Shell.jsx'

// webpack finds the pages of a build.
jest.mock('../pages.js', () => ({ isServicePage: () => false, loadPage: jest.fn(), discardPage: jest.fn() }))

// The lazy parts of the shell arrive when the test says so.
const arrive = {}
jest.mock('../parts.js', () => ({
  ...jest.requireActual('../parts.js'),
  loadTools: () => new Promise((resolve) => (arrive.tools = resolve)),
  loadPalette: () => new Promise((resolve) => (arrive.palette = resolve)),
}))

/** Let a part arrive, once the shell has requested it: it waits until the browser has drawn the page. */
async function deliver(name, module) {
  await waitFor(() => expect(arrive).toHaveProperty(name))
  await act(async () => arrive[name](module))
}

test('the search opens with what was typed, although neither the keys nor its dialog were there yet', async () => {
  mockApi({ '/api/portal/': makePortal({ person: makePerson() }) })
  const { user } = renderInPortal(<Shell />, { location: '/' })
  await screen.findByRole('button', { name: 'Search or go to…' })
  await user.keyboard('x{Control>}k{/Control}an')
  await deliver('tools', await import('./index.js'))
  await user.keyboard('n/')
  expect(screen.queryByRole('dialog', { name: 'Search' })).toBeNull()
  await deliver('palette', await import('../../palette/index.jsx'))
  expect(await screen.findByRole('combobox', { name: 'Search or go to…' })).toHaveValue('ann/')
})

test('visitors who have not signed in have no search', async () => {
  mockApi({ '/api/portal/': makePortal() })
  const { user } = renderInPortal(<Shell />, { location: '/' })
  await screen.findAllByRole('link', { name: 'Sign in' })
  await user.keyboard('/')
  expect(screen.queryByRole('dialog')).toBeNull()
})
