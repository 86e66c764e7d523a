import zlib from 'node:zlib'
import webpack from 'webpack'

const MOST_APPS = 50 // that count in the budget

const SHELL_PARTS = ['tools', 'palette', 'attention', 'live'] // the shell loads them once the home page is shown

const kilobytes = (bytes) => `${(bytes / 1000).toFixed(1)} kB`

/**
 * A webpack plugin that fails the build when visitors have to download too much. All sizes are bytes after gzip.
 *
 * - `script`, `style`: the JavaScript and the CSS that the home page loads, in English, without an app.
 * - `app`: what each app may add to `script`, because webpack's runtime has the names of all chunks; 50 apps at most count.
 * - `parts`: the JavaScript and the CSS that the shell loads afterwards for people who are signed in. The chunk `kit` is not part of it:
 *   pages need it.
 * - `catalogue`: the translations that the home page loads in another language.
 * - `page`: the JavaScript and the CSS that the page of one app adds.
 * - `rich`: the JavaScript and the CSS that a rich part of `@portal/ui` adds, such as `choices` and `dates`.
 * - `requests`: how many requests the home page makes before it is shown, in any language.
 */
export class GzipBudgets {
  /** @param {{script: number, app: number, style: number, parts: number, catalogue: number, page: number, rich: number, requests: number}} budgets */
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
    const apps = compilation.chunkGroups.filter(({ name }) => name?.startsWith('app-')).length
    report(
      'JavaScript of the home page, after gzip',
      size(firstScripts),
      this.budgets.script + Math.min(apps, MOST_APPS) * this.budgets.app,
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
    for (const { name } of compilation
      .getAssets()
      .filter(({ name }) => /^catalogue-portal-shell\..+\.json$/.test(name))) {
      report(
        `the translations ${name}, after gzip`,
        size([name]),
        this.budgets.catalogue,
        'move the texts that the home page does not show out of the shell',
      )
    }
    const kit = new Set(compilation.namedChunks.get('kit')?.files)
    const parts = compilation.chunkGroups
      .filter(({ name }) => SHELL_PARTS.includes(name))
      .flatMap((group) => group.getFiles())
      .filter((file) => /\.(js|css)$/.test(file) && !first.includes(file) && !kit.has(file))
    report(
      `the parts ${SHELL_PARTS.join(', ')} of the shell, after gzip`,
      size([...new Set(parts)]),
      this.budgets.parts,
      'load what people rarely need with import() when they need it',
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
      } else if (/^(choices|dates)$/.test(group.name ?? '')) {
        report(
          `the part ${group.name} of @portal/ui, after gzip`,
          size(added),
          this.budgets.rich,
          'import fewer components of React Aria',
        )
      }
    }
  }
}
