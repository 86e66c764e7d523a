import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

let folder
beforeAll(() => (folder = mkdtempSync(path.join(tmpdir(), 'transforms-'))))
afterAll(() => rmSync(folder, { recursive: true }))

/** Write a file and import it, as a page imports a file beside it. */
function importFile(name, content) {
  const file = path.join(folder, name)
  writeFileSync(file, content)
  return require(file)
}

test.each(['svg', 'png', 'jpg', 'jpeg', 'webp', 'avif'])('a page can import an image of type %s', (type) => {
  const binary = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0x00, 0xff])
  expect(importFile(`logo.${type}`, binary)).toBe(`logo.${type}`)
})

test('an image that does not exist is an error', () => {
  expect(() => require('./fixtures/missing.png')).toThrow('Cannot find module')
})

test('a style sheet has no exports', () => {
  expect(importFile('page.css', '.card { color: red }')).toEqual({})
})

test('a CSS module exports its class names, and nothing else', () => {
  const source =
    '/* .old */ .card > .card-title:hover, .card.wide { margin: 0.5rem } @media print { .print { width: 1px } }'
  const styles = importFile('page.module.css', source)
  expect(styles).toEqual({ card: 'card', 'card-title': 'card-title', wide: 'wide', print: 'print' })
  expect(styles.misspelt).toBeUndefined()
  expect(styles.default).toBeUndefined()
})
