// `npm run build` writes the production files to frontend/build. With `-- --env quick`, it neither minifies nor compresses them.
// `npm run serve` serves the pages with hot reload and passes the other requests to Django.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import zlib from 'node:zlib'
import browserslist from 'browserslist'
import CompressionPlugin from 'compression-webpack-plugin'
import CssMinimizerPlugin from 'css-minimizer-webpack-plugin'
import HtmlPlugin from 'html-webpack-plugin'
import MiniCssExtractPlugin from 'mini-css-extract-plugin'
import webpack from 'webpack'
import { GzipBudgets } from './webpack/budgets.mjs'
import { Catalogues } from './webpack/catalogues.mjs'
import { IMAGE, STYLE_SHEET } from './webpack/file-types.mjs'
import { serveInFrontOf } from './webpack/serve.mjs'

const frontend = path.dirname(fileURLToPath(import.meta.url))
const portal = path.dirname(frontend)
const publicPath = '/static/frontend/'

// Bytes after gzip. The unit kB in messages and docs is 1,000 bytes.
const budgets = {
  script: 112_000,
  app: 80,
  style: 8_000,
  parts: 25_000,
  catalogue: 6_000, // a letter of Devanagari has 3 bytes
  page: 40_000,
  rich: 80_000,
  requests: 7,
}

/**
 * Shorten the names of the pages' files: `page-accounts-account` for services/accounts/frontend/pages/account/index.jsx. The first load
 * contains the names of all chunks.
 * @param {string} rest what follows the name
 */
const shortName =
  (rest) =>
  ({ chunk }) =>
    `${chunk.name?.replace(/-frontend(-pages)?|-index-jsx$/g, '') ?? '[id]'}${rest}`

/** The plugin is a development dependency, so `make serve` and the images build without it. */
const reactRefresh = async () => {
  const { default: ReactRefreshPlugin } = await import('@pmmmwh/react-refresh-webpack-plugin')
  return new ReactRefreshPlugin({ overlay: false })
}

export default async (env) => {
  const serving = Boolean(env.WEBPACK_SERVE)
  const quick = Boolean(env.quick)
  const name = serving ? 'development' : 'production'
  const styles = serving ? 'style-loader' : MiniCssExtractPlugin.loader

  return {
    name: 'frontend',
    mode: name,
    context: portal,
    target: 'browserslist',
    entry: { shell: './frontend/main.jsx' },
    output: {
      path: path.join(frontend, 'build'),
      publicPath,
      filename: serving ? '[name].js' : '[name].[contenthash].js',
      chunkFilename: serving ? '[name].js' : shortName('.[contenthash].js'),
      hashDigestLength: 8, // characters; the runtime contains one hash for each chunk
      assetModuleFilename: '[name].[contenthash][ext]',
      clean: true,
      // The only Trusted Types policy that the Content-Security-Policy allows. webpack loads lazy chunks with it.
      trustedTypes: 'webpack',
    },
    resolve: {
      extensions: ['.js', '.jsx'],
      alias: {
        // The folders of apps: the portal's own, and the copies of those that are installed as packages.
        '@portal/apps$': [path.join(portal, 'apps'), path.join(portal, 'packages/pages')],
        '@portal/sdk$': path.join(frontend, 'sdk/index.js'),
        '@portal/ui$': path.join(frontend, 'kit/index.js'),
        // What only some pages need: @portal/sdk/draft is sdk/draft.js, @portal/ui/dialog is kit/dialog/index.js.
        '@portal/sdk': path.join(frontend, 'sdk'),
        '@portal/ui': path.join(frontend, 'kit'),
      },
    },
    module: {
      rules: [
        {
          test: /\.jsx?$/,
          exclude: /node_modules/,
          loader: 'babel-loader',
          options: {
            configFile: path.join(frontend, 'babel.config.mjs'),
            envName: name,
          },
        },
        // This module only exports others. A component that imports one of them from here does not load all of them.
        { test: /[\\/]frontend[\\/]sdk[\\/](index|libraries)\.js$/, sideEffects: false },
        {
          test: STYLE_SHEET,
          use: [styles, { loader: 'css-loader', options: { modules: { auto: true } } }],
        },
        { test: IMAGE, type: 'asset/resource' },
      ],
    },
    // Servers replace lang="en" and data-scheme="" in index.html. webpack's HTML minifier would remove these quotes.
    experiments: { html: false },
    optimization: {
      moduleIds: false, // see DeterministicModuleIdsPlugin
      chunkIds: 'deterministic',
      // The runtime is a small file with the names of all chunks. When an app changes, only its chunk and the runtime change.
      runtimeChunk: 'single',
      realContentHash: true,
      minimize: !serving && !quick,
      minimizer: ['...', new CssMinimizerPlugin()],
      splitChunks: {
        cacheGroups: {
          // Only scripts: the styles of libraries stay in the shell's style sheet, which saves a request.
          vendor: { type: /javascript/, test: /[\\/]node_modules[\\/]/, chunks: 'initial', name: 'vendor' },
          // What pages share and the first page does without: the components in kit/ and `@portal/sdk`. Subfolders and the other files of
          // sdk/ are parts that only some pages load.
          kit: {
            test: /[\\/]frontend[\\/](kit[\\/][^\\/]+|sdk[\\/](days|index|libraries|list|socket)\.js)$/,
            chunks: 'async',
            name: 'kit',
            enforce: true,
          },
        },
      },
    },
    plugins: [
      // With webpack's three digits, the ids of all modules depend on how many there are, and the vendor file would change with them.
      new webpack.ids.DeterministicModuleIdsPlugin({ maxLength: 5 }),
      // The texts of React Aria are in the portal's catalogues (kit/aria/strings.js), so its own translations are left out.
      new webpack.NormalModuleReplacementPlugin(
        /[\\/]intl[\\/]([a-z]+[\\/])?(?!en-US)[a-z]{2}-[A-Z]{2}\.mjs$/,
        path.join(frontend, 'webpack/empty.mjs'),
      ),
      // It writes innerHTML, which the Content-Security-Policy forbids.
      new webpack.NormalModuleReplacementPlugin(
        /[\\/]live-announcer[\\/]LiveAnnouncer(\.mjs)?$/,
        path.join(frontend, 'kit/aria/announcer.js'),
      ),
      // Without its cache, because the page names the version of the catalogues.
      new HtmlPlugin({
        template: './frontend/index.html',
        minify: false,
        scriptLoading: 'defer',
        cache: false,
      }),
      new Catalogues({ portal, publicPath }),
      ...(serving
        ? [await reactRefresh()]
        : [
            new MiniCssExtractPlugin({
              filename: '[name].[contenthash].css',
              chunkFilename: shortName('.[contenthash].css'),
              ignoreOrder: true, // the style sheets of components do not depend on each other
            }),
          ]),
      ...(serving || quick
        ? []
        : [
            new CompressionPlugin({ test: /\.(js|css|html|svg|json)$/, algorithm: 'gzip', minRatio: 1 }),
            new CompressionPlugin({
              test: /\.(js|css|html|svg|json)$/,
              algorithm: 'brotliCompress',
              compressionOptions: { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 11 } },
              filename: '[path][base].br',
              minRatio: 1,
            }),
            new GzipBudgets(budgets),
          ]),
    ],
    cache: {
      type: 'filesystem',
      name,
      // Inputs of the build that are in no file that webpack reads.
      version: JSON.stringify([name, quick, browserslist(null, { path: portal }), process.version]),
      buildDependencies: {
        config: [
          fileURLToPath(import.meta.url),
          path.join(frontend, 'babel.config.mjs'),
          path.join(frontend, 'lingui.config.mjs'),
          path.join(frontend, 'webpack/catalogues.mjs'),
          path.join(frontend, 'webpack/compile-catalogue.mjs'),
          path.join(frontend, 'webpack/compile-messages.mjs'),
          path.join(frontend, 'webpack/file-types.mjs'),
          path.join(portal, '.browserslistrc'),
          path.join(portal, 'package-lock.json'),
        ],
      },
    },
    devtool: serving ? 'cheap-module-source-map' : false,
    performance: false, // it counts uncompressed bytes; GzipBudgets counts compressed ones
    stats: serving ? 'errors-warnings' : { preset: 'errors-warnings', assets: true, builtAt: false },
    infrastructureLogging: { level: 'warn' },
    ...(serving ? serveInFrontOf(process.env, { portal, publicPath }) : {}),
  }
}
