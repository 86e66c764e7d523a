import { guardPageCache } from './pageCache.js'

let isPrivate = false
guardPageCache(() => isPrivate)

test.each([
  ['a private page is hidden when the browser keeps it', true, true, true],
  ['a private page that the browser drops stays as it is', true, false, false],
  ['a page without a person stays as it is', false, true, false],
])('%s', (_name, signedIn, persisted, hidden) => {
  document.body.hidden = false
  isPrivate = signedIn
  window.dispatchEvent(Object.assign(new Event('pagehide'), { persisted }))
  expect(document.body.hidden).toBe(hidden)
})
