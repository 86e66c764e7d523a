import { SourceMap } from 'node:module'

const FRAME = /\/([\w.~-]+\.js):(\d+):(\d+)/g
const OWN = /(?:apps|services)\/.+?\.jsx?(?=\?|$)/
const LONGEST_STACK = 20_000 // characters

/**
 * Find the first line of a stack that is in the source of an app or a service.
 * @param {string} stack of an error in a browser
 * @param {(file: string) => string | undefined} readMap returns the source map of a script such as `app-library.js`
 * @returns {string} such as `apps/library/frontend/index.jsx, line 12`; empty without such a line
 */
export function ownFrame(stack, readMap) {
  for (const [, file, line, column] of stack.matchAll(FRAME)) {
    const map = readMap(file)
    const entry = map && new SourceMap(JSON.parse(map)).findEntry(Number(line) - 1, Number(column) - 1)
    const source = entry && 'originalSource' in entry && entry.originalSource.match(OWN)?.[0]
    if (source) return `${source}, line ${entry.originalLine + 1}`
  }
  return ''
}

/** Answers a page that sends the stack of an error with the line of the app: see kit/DeveloperMessage.jsx. */
export function respondWithFrame(server) {
  return async (request, response) => {
    let stack = ''
    for await (const part of request) if (stack.length < LONGEST_STACK) stack += part
    const { outputFileSystem, outputPath } = server.compiler
    const readMap = (file) => {
      const path = `${outputPath}/${file}.map`
      return outputFileSystem.existsSync(path) ? outputFileSystem.readFileSync(path, 'utf8') : undefined
    }
    response
      .writeHead(200, { 'Content-Type': 'text/plain; charset=utf-8' })
      .end(ownFrame(stack.slice(0, LONGEST_STACK), readMap))
  }
}
