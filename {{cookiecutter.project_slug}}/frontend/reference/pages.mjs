// The generated parts of docs/reference that describe what pages and their tests import.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { exportsOf } from './exports.mjs'
import { MODULES } from './modules.mjs'

const FOLDER = 'docs/reference'
const TESTING = { '@portal/testing': 'frontend/testing/index.jsx' }
const PAGES = { 'frontend.md': MODULES, 'testing.md': TESTING }

/**
 * Return each page with its parts as they should be.
 * @param {string} portal the folder of the portal
 * @returns {Record<string, string>} file → text
 */
export const currentPages = (portal) =>
  Object.fromEntries(
    Object.entries(PAGES).map(([page, modules]) => {
      const file = path.join(portal, FOLDER, page)
      const text = Object.entries(modules).reduce(
        (text, [module, source]) => replacePart(text, module, describe(module, path.join(portal, source))),
        readFileSync(file, 'utf8'),
      )
      return [file, text]
    }),
  )

function replacePart(page, part, text) {
  const [begin, end] = [`<!-- generated: ${part} -->`, `<!-- end: ${part} -->`]
  const [before, rest] = page.split(`${begin}\n`)
  const after = rest?.split(end)[1]
  if (after === undefined) throw new Error(`The page needs the lines ${begin} and ${end}.`)
  return `${before}${begin}\n\n${text}\n\n${end}${after}`
}

/**
 * Describe the exports of a module. Throws for one without a description.
 * @param {string} module such as `@portal/ui`
 * @param {string} file
 */
export function describe(module, file) {
  const described = new Set() // types, which several names may have
  return exportsOf(file)
    .map(({ name, comment, types }) => {
      if (!comment?.text)
        throw new Error(`${name} of ${module} has no description: write a comment above it.`)
      const own = Object.entries(types).filter(([type]) => !described.has(type))
      for (const [type] of own) described.add(type)
      return [`### \`${name}\``, comment.text, ...list(comment, own)].join('\n\n')
    })
    .join('\n\n')
}

/** List the parameters, the result and the errors, and then the types among them. */
function list({ text, tags }, types) {
  const items = tags
    .filter(({ tag }) => ['param', 'returns', 'throws'].includes(tag))
    .map(({ tag, name, type, text }) => item(name ? `\`${name}\`` : tag, type, text))
  const all = [...items, ...types.flatMap(([name, comment]) => typeItems(name, comment))]
  if (all.length === 0) return []
  const endsWithList = /(^|\n)- [^\n]*(\n {2}[^\n]*)*$/.test(text)
  return [...(endsWithList ? ['Parameters:'] : []), all.join('\n')]
}

function typeItems(name, { tags }) {
  const properties = tags
    .filter(({ tag }) => tag === 'property')
    .map((one) => `  ${item(`\`${one.name}\``, one.type, one.text)}`)
  const { type = '', text = '' } = tags.find((one) => one.tag === 'typedef' && one.name === name) ?? {}
  return [item(`\`${name}\``, type === 'object' ? '' : type, text), ...properties]
}

const item = (title, type, text) =>
  `- ${title}${type && `: \`${type}\``}${text && `${type ? '. ' : ': '}${type ? sentence(text) : text}`}`

const sentence = (text) => text.replace(/^[a-z]/, (letter) => letter.toUpperCase())
