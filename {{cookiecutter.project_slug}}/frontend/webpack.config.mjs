// `npm run build` writes the production files to frontend/build; `npm run serve` serves the pages with hot reload in front of Django.
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import zlib from 'node:zlib'
import ReactRefreshPlugin from '@pmmmwh/react-refresh-webpack-plugin'
import browserslist from 'browserslist'
import CompressionPlugin from 'compression-webpack-plugin'
import CssMinimizerPlugin from 'css-minimizer-webpack-plugin'
import HtmlPlugin from 'html-webpack-plugin'
import MiniCssExtractPlugin from 'mini-css-extract-plugin'
import { GzipBudgets } from './webpack/budgets.mjs'
import { compileCatalogue } from './webpack/catalogue.mjs'
import { CATALOGUE, IMAGE, STYLE_SHEET } from './webpack/file-types.mjs'
import { serveInFrontOf } from './webpack/serve.mjs'

const here = path.dirname(fileURLToPath(import.meta.url))
const portal = path.dirname(here)
const publicPath = '/static/frontend/'

// Bytes after gzip. The unit kB in messages and docs is 1,000 bytes.
const budgets = {
  script: 112_000,
  style: 8_000,
  catalogue: 2_000,
  page: 40_000,
  requests: 7,
}

export default (env) => {
  const serving = Boolean(env.WEBPACK_SERVE)
  const name = serving ? 'development' : 'production'
  const styles = serving ? 'style-loader' : MiniCssExtractPlugin.loader

  return {
    name: 'frontend',
    mode: name,
    context: portal,
    target: 'browserslist',
    entry: { shell: './frontend/main.jsx' },
    output: {
      path: path.join(here, 'build'),
      publicPath,
      filename: serving ? '[name].js' : '[name].[contenthash].js',
      chunkFilename: serving ? '[name].js' : '[name].[contenthash].js',
      hashDigestLength: 12, // enough to tell versions of one file apart; the runtime holds one for each chunk
      assetModuleFilename: '[name].[contenthash][ext]',
      clean: true,
      // The policy of this name is the only one that the Content-Security-Policy allows; webpack loads lazy chunks through it.
      trustedTypes: 'webpack',
    },
    resolve: {
      extensions: ['.js', '.jsx'],
      alias: {
        '@portal/sdk$': path.join(here, 'sdk/index.js'),
        '@portal/ui$': path.join(here, 'kit/index.js'),
      },
    },
    module: {
      rules: [
        {
          test: /\.jsx?$/,
          exclude: /node_modules/,
          loader: 'babel-loader',
          options: {
            configFile: path.join(here, 'babel.config.mjs'),
            envName: name,
          },
        },
        {
          test: STYLE_SHEET,
          use: [styles, { loader: 'css-loader', options: { modules: { auto: true } } }],
        },
        { test: CATALOGUE, type: 'json', parser: { parse: compileCatalogue } },
        { test: IMAGE, type: 'asset/resource' },
      ],
    },
    // Servers write into index.html by its quotes (lang="en", data-scheme=""), which webpack's own way with HTML would drop.
    experiments: { html: false },
    optimization: {
      moduleIds: 'deterministic',
      chunkIds: 'deterministic',
      // One small file knows the names of all others: when an app changes, only its own chunk and this file do.
      runtimeChunk: 'single',
      realContentHash: true,
      minimizer: ['...', new CssMinimizerPlugin()],
      splitChunks: {
        cacheGroups: {
          // Scripts only: styles of libraries stay in the one style sheet, which saves a request.
          vendor: { type: /javascript/, test: /[\\/]node_modules[\\/]/, chunks: 'initial', name: 'vendor' },
        },
      },
    },
    plugins: [
      new HtmlPlugin({ template: './frontend/index.html', minify: false, scriptLoading: 'defer' }),
      ...(serving
        ? [new ReactRefreshPlugin({ overlay: false })]
        : [
            new MiniCssExtractPlugin({ filename: '[name].[contenthash].css' }),
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
      // Changes that webpack cannot see in a file it reads: which browsers are meant, and what Babel is told.
      version: JSON.stringify([name, browserslist(null, { path: portal }), process.version]),
      buildDependencies: {
        config: [
          fileURLToPath(import.meta.url),
          path.join(here, 'babel.config.mjs'),
          path.join(here, 'lingui.config.mjs'),
          path.join(here, 'webpack/catalogue.mjs'),
          path.join(here, 'webpack/compile-messages.mjs'),
          path.join(here, 'webpack/file-types.mjs'),
          path.join(portal, '.browserslistrc'),
          path.join(portal, 'package-lock.json'),
        ],
      },
    },
    devtool: serving ? 'cheap-module-source-map' : false,
    performance: false, // counts bytes before compression; GzipBudgets counts them after
    stats: serving ? 'errors-warnings' : { preset: 'errors-warnings', assets: true, builtAt: false },
    infrastructureLogging: { level: 'warn' },
    ...(serving ? serveInFrontOf(process.env, { portal, publicPath }) : {}),
  }
}
