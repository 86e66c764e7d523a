import zlib from 'node:zlib'
import webpack from 'webpack'

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`

/**
 * A webpack plugin that fails the build when visitors have to download too much. All sizes are bytes after gzip.
 *
 * - `script`, `style`: the JavaScript and the CSS that the home page loads, in English.
 * - `catalogue`: the translations that the home page loads in another language.
 * - `page`: the JavaScript and the CSS that the page of one app adds.
 * - `requests`: how many requests the home page makes before it is shown, in any language.
 */
export class GzipBudgets {
  /** @param {{script: number, style: number, catalogue: number, page: number, requests: number}} budgets */
  constructor(budgets) {
    this.budgets = budgets
  }

  /** @param {import('webpack').Compiler} compiler */
  apply(compiler) {
    compiler.hooks.thisCompilation.tap('GzipBudgets', (compilation) => {
      const stage = webpack.Compilation.PROCESS_ASSETS_STAGE_REPORT
      compilation.hooks.processAssets.tap({ name: 'GzipBudgets', stage }, () => {
        if (compilation.errors.length === 0) this.check(compilation)
      })
    })
  }

  /** @param {import('webpack').Compilation} compilation */
  check(compilation) {
    const size = (files) =>
      files.reduce(
        (total, file) =>
          total + zlib.gzipSync(compilation.getAsset(file).source.buffer(), { level: 9 }).length,
        0,
      )
    const report = (what, found, allowed, advice) => {
      if (found <= allowed) return
      const amount = (number) => (what.startsWith('requests') ? String(number) : kilobytes(number))
      compilation.errors.push(
        new webpack.WebpackError(
          `Budget exceeded: ${what}\n  found    ${amount(found)}\n  allowed  ${amount(allowed)}\n  do       ${advice}`,
        ),
      )
    }

    const first = compilation.entrypoints.get('shell').getFiles()
    const firstScripts = first.filter((file) => file.endsWith('.js'))
    const firstStyles = first.filter((file) => file.endsWith('.css'))
    report(
      'JavaScript of the home page, after gzip',
      size(firstScripts),
      this.budgets.script,
      'load what the home page does not need with import(), or move it into an app',
    )
    report(
      'CSS of the home page, after gzip',
      size(firstStyles),
      this.budgets.style,
      "move the styles that only one app needs into that app's folder",
    )
    report(
      'requests of the home page',
      firstScripts.length + firstStyles.length + 3, // index.html, /api/portal/ and a catalogue
      this.budgets.requests,
      'merge files that the home page needs into the shell',
    )
    for (const group of compilation.chunkGroups) {
      const added = group.getFiles().filter((file) => /\.(js|css)$/.test(file) && !first.includes(file))
      if (/^(app|service|page)-/.test(group.name ?? '')) {
        report(
          `the page ${group.name}, after gzip`,
          size(added),
          this.budgets.page,
          'load what the page rarely needs with import()',
        )
      } else if (/^catalogue-(?!of-)/.test(group.name ?? '')) {
        report(
          `the translations ${group.name}, after gzip`,
          size(added),
          this.budgets.catalogue,
          'move the texts that the home page does not show out of the shell',
        )
      }
    }
  }
}
