import { createHash } from 'node:crypto'
import { globSync, readFileSync } from 'node:fs'
import path from 'node:path'
import HtmlPlugin from 'html-webpack-plugin'
import webpack from 'webpack'
import { compileCatalogue } from './compile-catalogue.mjs'

const NAME = 'Catalogues'
const SOURCE_LOCALE = 'en'
const SHELL = 'portal-shell'

/**
 * A webpack plugin that writes a file for each language of the shell and of each service and app with a page, and names the languages in
 * the page.
 *
 * All files have the same version in their names, a digest of their contents. So the scripts need no list of them: 50 apps in two
 * languages have scripts of the same size as 50 apps in one.
 */
export class Catalogues {
  /** @param {{portal: string, publicPath: string}} options the portal's folder, and the URL of the build */
  constructor({ portal, publicPath }) {
    this.portal = portal
    this.publicPath = publicPath
  }

  /** @param {import('webpack').Compiler} compiler */
  apply(compiler) {
    compiler.hooks.thisCompilation.tap(NAME, (compilation) => {
      let content = ''
      const stage = webpack.Compilation.PROCESS_ASSETS_STAGE_ADDITIONAL
      compilation.hooks.processAssets.tap({ name: NAME, stage }, () => {
        const { version, locales, files } = this.read(compilation)
        content = [this.publicPath, version, ...locales].join(' ')
        for (const [name, text] of files) {
          const source = new webpack.sources.RawSource(text)
          compilation.emitAsset(`catalogue-${name}.${version}.json`, source, { immutable: true })
        }
      })
      HtmlPlugin.getCompilationHooks(compilation).alterAssetTags.tap(NAME, (data) => {
        const attributes = { name: 'catalogues', content }
        data.assetTags.meta.push({ tagName: 'meta', voidTag: true, attributes, meta: {} })
        return data
      })
    })
  }

  /** @param {import('webpack').Compilation} compilation */
  read(compilation) {
    const sources = { [SHELL]: 'frontend' }
    for (const page of globSync('{services,apps,packages/pages}/*/frontend', { cwd: this.portal }))
      sources[path.basename(path.dirname(page))] = path.dirname(page)
    const catalogues = Object.entries(sources)
      .sort()
      .map(([owner, folder]) => [
        owner,
        this.readFolder(compilation, path.join(this.portal, folder, 'locale')),
      ])
    const locales = [...new Set(catalogues.flatMap(([, texts]) => Object.keys(texts)))].sort()
    const files = catalogues.flatMap(([owner, texts]) =>
      locales.map((locale) => [`${owner}.${locale}`, texts[locale] ?? '{}']),
    )
    const version = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 12)
    return { version, locales, files }
  }

  /** @returns {Record<string, string>} language -> compiled catalogue, as JSON */
  readFolder(compilation, folder) {
    compilation.contextDependencies.add(folder)
    const texts = {}
    for (const name of globSync('*.po', { cwd: folder })) {
      const locale = path.basename(name, '.po')
      compilation.fileDependencies.add(path.join(folder, name))
      if (locale === SOURCE_LOCALE) continue
      texts[locale] = JSON.stringify(compileCatalogue(readFileSync(path.join(folder, name))))
    }
    return texts
  }
}
