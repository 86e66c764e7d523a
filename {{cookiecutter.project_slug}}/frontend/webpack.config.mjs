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
import { GzipBudgets } from './webpack/budgets.mjs'
import { compileCatalogue } from './webpack/catalogue.mjs'
import { CATALOGUE, IMAGE, STYLE_SHEET } from './webpack/file-types.mjs'
import { serveInFrontOf } from './webpack/serve.mjs'

const frontend = path.dirname(fileURLToPath(import.meta.url))
const portal = path.dirname(frontend)
const publicPath = '/static/frontend/'

// Bytes after gzip. The unit kB in messages and docs is 1,000 bytes.
const budgets = {
  script: 112_000,
  style: 8_000,
  catalogue: 2_000,
  page: 40_000,
  requests: 7,
}

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
      chunkFilename: serving ? '[name].js' : '[name].[contenthash].js',
      hashDigestLength: 12, // characters; the runtime contains one hash for each chunk
      assetModuleFilename: '[name].[contenthash][ext]',
      clean: true,
      // The only Trusted Types policy that the Content-Security-Policy allows. webpack loads lazy chunks with it.
      trustedTypes: 'webpack',
    },
    resolve: {
      extensions: ['.js', '.jsx'],
      alias: {
        '@portal/sdk$': path.join(frontend, 'sdk/index.js'),
        '@portal/ui$': path.join(frontend, 'kit/index.js'),
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
        {
          test: STYLE_SHEET,
          use: [styles, { loader: 'css-loader', options: { modules: { auto: true } } }],
        },
        { test: CATALOGUE, type: 'json', parser: { parse: compileCatalogue } },
        { test: IMAGE, type: 'asset/resource' },
      ],
    },
    // Servers replace lang="en" and data-scheme="" in index.html. webpack's HTML minifier would remove these quotes.
    experiments: { html: false },
    optimization: {
      moduleIds: 'deterministic',
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
        },
      },
    },
    plugins: [
      new HtmlPlugin({ template: './frontend/index.html', minify: false, scriptLoading: 'defer' }),
      ...(serving
        ? [await reactRefresh()]
        : [new MiniCssExtractPlugin({ filename: '[name].[contenthash].css' })]),
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
          path.join(frontend, 'webpack/catalogue.mjs'),
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
