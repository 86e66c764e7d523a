import zlib from 'node:zlib'
import webpack from 'webpack'

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`

/**
 * Fails the build when what a browser downloads, after gzip, grows beyond its budget.
 * `script` and `style` are for the first visit, `page` for the lazy chunks of one app's page.
 */
export class GzipBudgets {
  /** @param {{script: number, style: number, page: number, requests: number}} budgets */
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
    const size = (file) => zlib.gzipSync(compilation.getAsset(file).source.buffer(), { level: 9 }).length
    const sum = (files) => files.reduce((total, file) => total + size(file), 0)
    const scripts = (files) => [...files].filter((file) => file.endsWith('.js'))
    const styles = (files) => [...files].filter((file) => file.endsWith('.css'))
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
    const words = compilation.chunkGroups.filter((group) => group.name === 'words-en-po')
    const firstScripts = [...scripts(first), ...words.flatMap((group) => scripts(group.getFiles()))]
    const firstStyles = styles(first)
    report(
      'JavaScript of the first visit, after gzip',
      sum(firstScripts),
      this.budgets.script,
      'move what the home page does not need behind import(), or into an app',
    )
    report(
      'CSS of the first visit, after gzip',
      sum(firstStyles),
      this.budgets.style,
      'move styles that one app needs beside that app',
    )
    report(
      'requests of the first visit',
      firstScripts.length + firstStyles.length + 2, // and index.html, and /api/portal/
      this.budgets.requests,
      'merge what the first visit needs into the shell',
    )
    for (const group of compilation.chunkGroups) {
      if (!/^(app|service|page)-/.test(group.name ?? '')) continue
      report(
        `the page ${group.name}, after gzip`,
        sum(group.getFiles().filter((file) => /\.(js|css)$/.test(file) && !first.includes(file))),
        this.budgets.page,
        'move what the page needs rarely behind import()',
      )
    }
  }
}
