import { compileCatalogue } from '../../webpack/catalogue.mjs'

/** Makes Jest import a .po file as the compiled catalogue that webpack makes from it. */
export default {
  process: (source) => ({
    code: `module.exports = ${JSON.stringify({ __esModule: true, default: compileCatalogue(source) })}`,
  }),
}
