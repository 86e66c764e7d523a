import { destination } from './next.js'

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
  expect(destination(wanted)).toEqual({ path, elsewhere: false })
})

test.each(['/admin/', '/redis/', '/media/x.png'])('%p is loaded from the servers', (wanted) => {
  expect(destination(wanted)).toEqual({ path: wanted, elsewhere: true })
})

test('an app whose name only begins like theirs is a page of the shell', () => {
  expect(destination('/administration').elsewhere).toBe(false)
})
