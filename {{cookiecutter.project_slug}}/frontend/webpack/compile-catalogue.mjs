import { compileMessage } from '@lingui/message-utils/compileMessage'
import { formatter } from '@lingui/format-po'

const { parse } = formatter()

/**
 * Compile the translations of a .po file. Messages without a translation are left out: the page shows the English text, which is in its
 * code.
 * @param {string | Buffer} source the text of the .po file
 * @returns {Record<string, import('@lingui/message-utils/compileMessage').CompiledMessage>} message id -> compiled translation
 */
export function compileCatalogue(source) {
  const messages = Object.entries(parse(String(source)))
    .filter(([, { obsolete, translation }]) => translation && !obsolete)
    .map(([id, { translation }]) => [id, compileMessage(translation)])
  return Object.fromEntries(messages)
}
