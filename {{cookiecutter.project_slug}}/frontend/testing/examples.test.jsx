import { readFileSync } from 'node:fs'
import path from 'node:path'
import { act, screen, waitFor } from '@testing-library/react'
import { fakeSockets, makePerson, mockApi, renderPage } from '@portal/testing'
import * as react from 'react'
import examples from '../../docs/reference/frontend-examples.md'
import { MODULES } from '../reference/modules.mjs'

const portal = path.join(__dirname, '../..')
const read = (file) => readFileSync(path.join(portal, file), 'utf8')
const reference = read('docs/reference/frontend.md')

/** Babel replaces this module, so its names are those of its types. */
const macros = [...read('frontend/sdk/i18n.d.ts').matchAll(/\{([^}]+)\}/g)].flatMap(([, names]) =>
  names.split(','),
)

const exportsOf = Object.keys(MODULES).flatMap((module) =>
  Object.keys(jest.requireActual(module)).map((name) => [module, name]),
)
const all = [...exportsOf, ...macros.map((name) => ['@portal/i18n', name.trim()])]

const BOOK = { id: 1, title: 'Emma', added_at: '2026-01-01T00:00:00Z', lent: true }
const ANSWERS = {
  '/api/library/': { next: null, previous: null, results: [BOOK] },
  'POST /api/library/': BOOK,
  '/api/library/1/': BOOK,
  'PATCH /api/library/1/': BOOK,
  'POST /api/library/1/lend/': BOOK,
  'DELETE /api/library/1/': null,
  '/api/library/draft/': { text: 'Dear all', saved_at: '2026-01-01T00:00:00Z' },
  'DELETE /api/library/draft/': null,
  'POST /api/library/covers/': { id: 1 },
  'POST /api/portal/presence/': { people: 2 },
}

test.each(all)('%s: %s is in the reference', (module, name) => {
  expect(reference.includes(`\`${name}\``)).toBe(true)
})

test.each(all.filter(([, name]) => !(name in react)))('%s: %s is in an example', (module, name) => {
  expect(examples.filter(({ imports }) => imports[module]?.includes(name))).not.toEqual([])
})

test.each(examples.map((example) => [example.title, example]))(
  '%s: the example works',
  async (_, { load, imports }) => {
    const errors = jest.spyOn(console, 'error').mockImplementation(() => {})
    document.cookie = 'intranet_csrf=token'
    fakeSockets()
    mockApi(ANSWERS)
    for (const [module, names] of Object.entries(imports).filter(([module]) => module !== '@portal/i18n'))
      expect(Object.keys(jest.requireActual(module))).toEqual(expect.arrayContaining(names))
    const { user } = renderPage(load(), { app: 'library', portal: { person: makePerson() } })
    await waitFor(() => expect(screen.queryByText('Loading…')).not.toBeInTheDocument())
    await waitFor(() => expect(document.querySelector('[aria-busy]')).toBeNull())
    for (const name of screen.queryAllByRole('button').map((button) => button.textContent)) {
      const button = screen.queryAllByRole('button').find((one) => one.textContent === name)
      if (button) await user.click(button)
      const cancel = screen.queryByRole('button', { name: 'Cancel' })
      if (cancel) await user.click(cancel)
    }
    await act(async () => {})
    expect(document.body).not.toBeEmptyDOMElement()
    expect(screen.queryByText('This page stopped working')).not.toBeInTheDocument()
    expect(errors.mock.calls.map(([message]) => String(message))).toEqual([])
    errors.mockRestore()
  },
)
