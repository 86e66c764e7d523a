// Reads the comments of https://jsdoc.app as far as this portal uses them.

/**
 * @typedef {{text: string, type: string, tags: Tag[]}} Comment `type` is that of the tag `type`
 * @typedef {{tag: string, type: string, name: string, text: string}} Tag `name` is empty for tags without one
 */

const NAMED = ['param', 'property', 'typedef']

/**
 * Parse a comment.
 * @param {string} source what is between the first `/*` and the last `*\/`
 * @returns {Comment}
 */
export function parseComment(source) {
  const lines = source
    .replace(/^\*/, '')
    .split('\n')
    .map((line) => line.replace(/^\s*\* ?/, ''))
  const [text, ...parts] = lines
    .join('\n')
    .trim()
    .split(/(?:^|\s)@(?=[a-z]+\b(?: |\n|$))/)
  const tags = parts.map(parseTag)
  return {
    text: withCode(text.trim()),
    type: tags.find(({ tag }) => tag === 'type')?.type ?? '',
    tags,
  }
}

function parseTag(part) {
  const [, tag, rest] = part.match(/^(\w+)\s*([\s\S]*)$/)
  const type = typeAtStart(rest)
  const after = rest.slice(type ? type.length + 2 : 0).trim()
  const [, name = '', text = after] = NAMED.includes(tag) ? (after.match(/^(\S+)\s*([\s\S]*)$/) ?? []) : []
  return { tag, type: readable(type), name: name.replace(/^\[(.*)\]$/, '$1?'), text: joined(text) }
}

/** Return what is in the braces at the start of a text, which may contain further braces. */
function typeAtStart(text) {
  let depth = 0
  for (let position = 0; position < text.length; position++) {
    if (text[position] === '{') depth++
    if (text[position] === '}') depth--
    if (depth === 0) return text.slice(1, position)
  }
  return ''
}

const joined = (text) => text.split(/\s+/).join(' ').trim()

/** Leave out where a type comes from, as in `import('react').ReactNode`. A path to a file of the portal stays. */
const readable = (type) => joined(type).replace(/(?<!typeof )import\('[^']+'\)\./g, '')

/** Mark the lines of code, which are indented, as a block of JavaScript. */
const withCode = (text) =>
  text.replace(
    /\n\n((?: {4}.*(?:\n|$))+)/g,
    (_, code) => `\n\n\`\`\`jsx\n${code.replace(/^ {4}/gm, '').trim()}\n\`\`\``,
  )
