import { destination } from '../frontend/destination.js'

test.each([
  ['/polls/1?by=day#votes', '/polls/1?by=day#votes'],
  ['/', '/'],
  [null, '/'],
  ['', '/'],
  ['polls', '/'],
  ['https://elsewhere.example/', '/'],
  ['//elsewhere.example', '/'],
  ['/\\elsewhere.example', '/'],
  ['/\t/elsewhere.example', '/'],
  ['/.//elsewhere.example', '/'],
  ['/x/..//elsewhere.example', '/'],
  ['javascript:alert(1)', '/'],
])('%p leads to %p', (wanted, path) => {
  expect(destination(wanted)).toEqual({ path, outsideShell: false })
})

test.each(['/admin/', '/redis/', '/media/x.png', '/identity/authorize?state=a%20b', '/.well-known/x'])(
  'a server answers %p, so the browser loads it',
  (wanted) => {
    expect(destination(wanted)).toEqual({ path: wanted, outsideShell: true })
  },
)

test('an app whose name only starts with a prefix of a server is a page of the shell', () => {
  expect(destination('/administration').outsideShell).toBe(false)
})
