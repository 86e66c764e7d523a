import { compileMessage } from '@lingui/message-utils/compileMessage'

/**
 * A Babel plugin, after lingui's macro, which leaves each message in the page ("{n, plural, one {# vote} other {# votes}}").
 * What a catalogue of English knows is taken out: it comes with the catalogue. What it does not know (all of an app's words, and a word
 * of the shell that `npm run words` has not seen yet) is compiled here, so that browsers need no parser for messages.
 * @param {import('@babel/core')} babel
 * @param {{english: Record<string, unknown>}} options
 */
export default function compileCatalogues({ types: t }, { english }) {
  const property = (node, name) =>
    node.properties.find((one) => t.isObjectProperty(one) && t.isIdentifier(one.key, { name }))
  return {
    name: 'compile-catalogues',
    visitor: {
      ObjectExpression({ node }) {
        if (!node.leadingComments?.some(({ value }) => /^\*?\s*i18n\s*$/.test(value))) return
        const message = property(node, 'message')
        if (!message || !t.isStringLiteral(message.value)) return
        const id = property(node, 'id')?.value
        if (t.isStringLiteral(id) && Object.hasOwn(english, id.value)) {
          node.properties = node.properties.filter((one) => one !== message)
        } else {
          message.value = t.valueToNode(compileMessage(message.value.value))
        }
      },
    },
  }
}
