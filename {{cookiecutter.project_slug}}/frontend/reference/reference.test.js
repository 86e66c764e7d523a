import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { currentPages, describe as describeModule } from './pages.mjs'

const portal = path.join(__dirname, '../..')

test('the reference of what pages import is up to date', () => {
  for (const [file, text] of Object.entries(currentPages(portal)))
    if (readFileSync(file, 'utf8') !== text) throw new Error(`${file} is not up to date. Run: make reference`)
})

describe('a module', () => {
  let folder
  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'reference-'))
  })
  afterEach(() => rmSync(folder, { recursive: true }))

  const describeSource = (source, others = {}) => {
    const files = { 'index.js': source, ...others }
    for (const [name, text] of Object.entries(files)) writeFileSync(path.join(folder, name), text)
    return describeModule('@portal/ui', path.join(folder, 'index.js'))
  }

  test('whose export has no description is refused', () => {
    expect(() => describeSource('export function Page() {}')).toThrow('Page of @portal/ui has no description')
  })

  test('describes what it exports again, with types and parameters', () => {
    const shelf = `
      /** @typedef {{code: string}} Book \`code\` is its ISBN */
      /**
       * A shelf.
       * @param {{books: Book[], size?: 'small' | 'large'}} props \`size\` is that of a tile
       * @returns {import('react').ReactNode}
       */
      export function Shelf({ books, size }) {}
      /** Not exported again. */
      export const other = 1`
    expect(describeSource("export { Shelf } from './shelf.js'", { 'shelf.js': shelf })).toBe(
      [
        '### `Shelf`\n',
        'A shelf.\n',
        "- `props`: `{books: Book[], size?: 'small' | 'large'}`. `size` is that of a tile",
        '- returns: `ReactNode`',
        '- `Book`: `{code: string}`. `code` is its ISBN',
      ].join('\n'),
    )
  })
})
