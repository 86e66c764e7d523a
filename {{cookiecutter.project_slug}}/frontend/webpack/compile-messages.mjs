import { compileMessage } from '@lingui/message-utils/compileMessage'

/**
 * A Babel plugin for production builds that compiles the message texts which Lingui's macro leaves in the code, such as
 * "{n, plural, one {# vote} other {# votes}}". Browsers then need no message parser. The compiled text stays in the code, because the
 * page shows it when the catalogue of the reader's language has no translation.
 * @param {import('@babel/core')} babel
 * @returns {import('@babel/core').PluginObject}
 */
export default function compileMessages({ types: t }) {
  return {
    name: 'compile-messages',
    visitor: {
      ObjectExpression({ node }) {
        if (!node.leadingComments?.some(({ value }) => /^\*?\s*i18n\s*$/.test(value))) return
        for (const property of node.properties) {
          if (!t.isObjectProperty(property) || !t.isIdentifier(property.key, { name: 'message' })) continue
          if (t.isStringLiteral(property.value))
            property.value = t.valueToNode(compileMessage(property.value.value))
        }
      },
    },
  }
}
