import { readFileSync } from 'node:fs'
import { linguiConfig } from './lingui.config.mjs'
import { catalogue } from './webpack/catalogue.mjs'
import compileCatalogues from './webpack/compile-catalogues.mjs'

const ENGLISH = new URL('./locale/en.po', import.meta.url)

// Environments: `production` and `development` come from webpack, `test` from jest.
export default (api) => {
  const environment = api.env()
  const production = environment === 'production'

  const words = [
    ['@lingui/babel-plugin-lingui-macro', { linguiConfig, descriptorFields: production ? 'message' : 'all' }],
    ...(production ? [[compileCatalogues, { english: catalogue(readFileSync(ENGLISH)) }]] : []),
  ]

  return {
    presets: [
      ['@babel/preset-env', environment === 'test' ? { targets: { node: 'current' } } : { modules: false }],
      ['@babel/preset-react', { development: !production }],
    ],
    plugins: { development: ['react-refresh/babel'], test: [withoutImportMeta] }[environment] ?? [],
    overrides: [{ exclude: /[\\/]node_modules[\\/]/, plugins: words }],
  }
}

/** Jest runs CommonJS, where `import.meta` is a syntax error. */
function withoutImportMeta({ types: t }) {
  return {
    visitor: {
      MetaProperty: (path) => {
        path.replaceWith(t.objectExpression([]))
      },
    },
  }
}
