import { fold } from '../sdk/fold.js'

/** Split what somebody typed into the words to search for. @param {string} query */
export const wordsOf = (query) => fold(query).split(/\s+/).filter(Boolean)

/**
 * Say how well a text contains all words: 0 when it begins with the first one, 1 when another of its words does, 2 otherwise. Returns
 * Infinity when a word is missing.
 * @param {string} text
 * @param {string[]} words as `wordsOf` returns them
 */
export function rank(text, words) {
  const folded = fold(text)
  if (!words.every((word) => folded.includes(word))) return Infinity
  if (folded.startsWith(words[0])) return 0
  return isWordStart(folded, folded.indexOf(words[0])) ? 1 : 2
}

const isWordStart = (text, index) => !/[\p{L}\p{N}]/u.test(text[index - 1] ?? '')

/**
 * Split a text into pieces that match one of the words, and pieces between them.
 * @param {string} text
 * @param {string[]} words as `wordsOf` returns them
 * @returns {{text: string, match: boolean}[]}
 */
export function markMatches(text, words) {
  // A letter may become none or two when it is folded, so each folded one remembers where it comes from.
  const letters = Array.from(new Intl.Segmenter().segment(text), ({ segment }) => segment)
  const origins = letters.flatMap((letter, index) => Array(fold(letter).length).fill(index))
  const folded = letters.map(fold).join('')
  const matched = new Set()
  for (const word of words) {
    for (let at = folded.indexOf(word); at >= 0; at = folded.indexOf(word, at + word.length))
      for (let place = at; place < at + word.length; place++) matched.add(origins[place])
  }
  const pieces = []
  letters.forEach((letter, index) => {
    const match = matched.has(index)
    if (pieces.at(-1)?.match === match) pieces.at(-1).text += letter
    else pieces.push({ text: letter, match })
  })
  return pieces
}
