import { markMatches, rank, wordsOf } from './matching.js'

test.each([
  ['  Café   CRÈME ', ['cafe', 'creme']],
  ['', []],
])('the words of %p', (query, words) => expect(wordsOf(query)).toEqual(words))

test.each([
  ['Rooms', 'ro', 0],
  ['Your roles', 'ro', 1],
  ['Aroha', 'ro', 2],
  ['École', 'ecole', 0],
  ['Rooms', 'ro x', Infinity],
  ['Repair a room', 'room rep', 1],
])('%p is found by %p with rank %p', (text, query, expected) =>
  expect(rank(text, wordsOf(query))).toBe(expected),
)

const marked = (text, query) =>
  markMatches(text, wordsOf(query))
    .map(({ text: piece, match }) => (match ? `[${piece}]` : piece))
    .join('')

test.each([
  ['rotations and row reduction', 'ro', '[ro]tations and [ro]w reduction'],
  ['Café', 'cafe', '[Café]'],
  ['Cafe\u0301s', 'cafe', '[Cafe\u0301]s'],
  ['Aroha Ngata', 'nga aro', '[Aro]ha [Nga]ta'],
  ['İstanbul', 'ist', '[İst]anbul'],
  ['😀 smile', 'smi', '😀 [smi]le'],
  ['Rooms', '', 'Rooms'],
  ['aaaa', 'aa', '[aaaa]'],
])('in %p, %p is marked as %p', (text, query, expected) => expect(marked(text, query)).toBe(expected))
