import { compileMessage } from '@lingui/message-utils/compileMessage'
import { formatter } from '@lingui/format-po'

const { parse } = formatter()

/**
 * Compiles a .po file while it is bundled, so that no compiled copy is kept in the sources.
 * @param {string | Buffer} source
 */
export function catalogue(source) {
  const messages = Object.entries(parse(String(source)))
    .filter(([, entry]) => !entry.obsolete)
    .map(([id, entry]) => [id, compileMessage(entry.translation || entry.message || '')])
  return Object.fromEntries(messages)
}
