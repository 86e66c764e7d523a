// Finds the exports of a module and the comments above them.
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parseSync } from '@babel/core'
import { parseComment } from './comments.mjs'

/**
 * @typedef {{name: string, comment: import('./comments.mjs').Comment | null, types: Record<string, import('./comments.mjs').Comment>}} Export
 *   `types` are the types that the comment names, where its file defines them
 */

/**
 * List what a file exports, in its order. What it exports again from a library is left out.
 * @param {string} file
 * @returns {Export[]}
 */
export function exportsOf(file) {
  const { nodes, types } = parse(file)
  return nodes.flatMap((node) => {
    if (node.type === 'ExportAllDeclaration' && isOwn(node.source))
      return exportsOf(resolve(file, node.source))
    if (node.type !== 'ExportNamedDeclaration') return []
    if (node.source) return isOwn(node.source) ? exportedAgain(file, node) : []
    return declared(node).map((name) => described(file, name, commentOf(node), types))
  })
}

function exportedAgain(file, node) {
  const found = exportsOf(resolve(file, node.source))
  return node.specifiers.flatMap(({ local, exported }) =>
    found.filter(({ name }) => name === local.name).map((one) => ({ ...one, name: exported.name })),
  )
}

/** Follow `@type {typeof import('./ComboBox.jsx').default}`: a lazy component has the comment of the component itself. */
function described(file, name, comment, types) {
  const [, target] = comment?.type?.match(/^typeof import\('(.+)'\)\.default$/) ?? []
  if (!target) return { name, comment, types: typesIn(comment, types) }
  const other = parse(path.join(path.dirname(file), target))
  const node = other.nodes.find(({ type }) => type === 'ExportDefaultDeclaration')
  const its = commentOf(node)
  return { name, comment: its, types: typesIn(its, other.types) }
}

function typesIn(comment, types) {
  const names =
    [comment?.text ?? '', ...(comment?.tags ?? []).map(({ type }) => type)].join(' ').match(/\w+/g) ?? []
  return Object.fromEntries(Object.entries(types).filter(([name]) => names.includes(name)))
}

function parse(file) {
  const program = parseSync(readFileSync(file, 'utf8'), {
    filename: file,
    configFile: false,
    parserOpts: { plugins: ['jsx'] },
  })
  const types = {}
  for (const { value } of program.comments.filter(isDocumentation)) {
    const comment = parseComment(value)
    for (const { tag, name } of comment.tags) if (tag === 'typedef') types[name] = comment
  }
  return { nodes: program.program.body, types }
}

const isDocumentation = ({ type, value }) => type === 'CommentBlock' && value.startsWith('*')
const isOwn = ({ value }) => value.startsWith('.')
const resolve = (file, { value }) => path.join(path.dirname(file), value)

function declared({ declaration }) {
  if (!declaration) return []
  return declaration.id ? [declaration.id.name] : declaration.declarations.map(({ id }) => id.name)
}

function commentOf(node) {
  const last = (node.leadingComments ?? []).filter(isDocumentation).at(-1)
  return last ? parseComment(last.value) : null
}
