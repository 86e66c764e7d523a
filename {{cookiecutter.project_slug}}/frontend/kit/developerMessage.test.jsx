import { readFileSync } from 'node:fs'
import path from 'node:path'
import { render, screen } from '@testing-library/react'
import { DeveloperMessage } from './DeveloperMessage.jsx'

const page = readFileSync(path.join(__dirname, '../../docs/reference/mistakes.md'), 'utf8')
const documented = (title) => page.match(new RegExp(`## ${title}\n\n\`\`\`text\n([^]*?)\n\`\`\``))[1]

/** Show the message of an error, when webpack's server finds its line. */
function show(error, frame) {
  globalThis.fetch = async () => new Response(frame)
  render(<DeveloperMessage error={error} />)
}

beforeEach(() => {
  globalThis.Response = /** @type {any} */ (
    class {
      constructor(body) {
        Object.assign(this, { ok: body !== undefined, text: async () => body })
      }
    }
  )
})

test('a page that throws names its line', async () => {
  show(
    new TypeError("Cannot read properties of undefined (reading 'title')"),
    'apps/library/frontend/index.jsx, line 12',
  )
  expect(await screen.findByText(documented('A page that throws, in development'))).toBeVisible()
})

test('without the line, the words remain', async () => {
  show(new RangeError('Too many books'), undefined)
  expect(await screen.findByText('RangeError: Too many books')).toBeVisible()
})

test('a page that cannot be built names its line', async () => {
  const text = `ERROR in ./apps/library/frontend/index.jsx
Module build failed (from ./node_modules/babel-loader/lib/index.js):
SyntaxError: /home/me/portal/apps/library/frontend/index.jsx: Unexpected token (3:12)

  1 | export default`
  show(new Error(text))
  expect(await screen.findByText(documented('A page that cannot be built, in development'))).toBeVisible()
})
