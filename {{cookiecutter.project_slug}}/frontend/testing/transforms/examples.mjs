import path from 'node:path'
import babelJest from 'babel-jest'

const BLOCK = /^## (.+)$|^```jsx\n([\s\S]*?)^```$/gm
const IMPORT = /^import \{([^}]+)\} from '([^']+)'$/gm

const babel = babelJest.createTransformer({ configFile: './frontend/babel.config.mjs' })

/**
 * Makes Jest import the examples of a page of the documentation: a list of `{title, imports, load}` in which `imports` maps modules to
 * the names that the example imports, and `load()` returns its component.
 */
export default {
  process: (source, file, options) => babel.process(moduleOf(source), `${path.basename(file)}.jsx`, options),
  getCacheKey: (source, file, options) => babel.getCacheKey(moduleOf(source), `${file}.jsx`, options),
}

/** Write the module. Each example is a function, so that it sees only what it imports itself. @param {string} source */
function moduleOf(source) {
  const macros = new Set()
  const examples = []
  let title
  for (const [, heading, code] of source.matchAll(BLOCK)) {
    if (heading) title = heading
    else examples.push(exampleOf(title, code, macros))
  }
  const imports = `import { ${[...macros].join(', ')} } from '@portal/i18n'`
  return `${imports}\nexport default [${examples.join(',\n')}]`
}

/** Babel replaces the macros of @portal/i18n, so they stay real imports. */
function exampleOf(title, code, macros) {
  const imports = {}
  const body = code
    .replace(IMPORT, (_, list, module) => {
      const names = list
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean)
      imports[module] = [...(imports[module] ?? []), ...names]
      if (module !== '@portal/i18n') return `const { ${names.join(', ')} } = require('${module}')`
      for (const name of names) macros.add(name)
      return ''
    })
    .replace('export default function', 'return function')
  return `{ title: ${JSON.stringify(title)}, imports: ${JSON.stringify(imports)}, load() { ${body} } }`
}
