import { linguiConfig } from './lingui.config.mjs'
import compileMessages from './webpack/compile-messages.mjs'

// webpack names the environment `production` or `development`, Jest names it `test`.
export default (api) => {
  const environment = api.env()
  const production = environment === 'production'

  const messages = [
    ['@lingui/babel-plugin-lingui-macro', { linguiConfig, descriptorFields: production ? 'message' : 'all' }],
    ...(production ? [compileMessages] : []),
  ]

  return {
    presets: [
      ['@babel/preset-env', environment === 'test' ? { targets: { node: 'current' } } : { modules: false }],
      ['@babel/preset-react', { development: !production }],
    ],
    plugins: { development: ['react-refresh/babel'], test: [replaceImportMeta] }[environment] ?? [],
    overrides: [{ exclude: /[\\/]node_modules[\\/]/, plugins: messages }],
  }
}

/** A Babel plugin that replaces `import.meta` by an empty object: Jest runs CommonJS, where it is a syntax error. */
function replaceImportMeta({ types: t }) {
  return {
    visitor: {
      MetaProperty: (path) => {
        path.replaceWith(t.objectExpression([]))
      },
    },
  }
}
