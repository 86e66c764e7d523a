import path from 'node:path'
import { backendFrom, respondUnavailable } from './backend.mjs'
import { respondWithFrame } from './frames.mjs'

// Django answers these paths, unknown ones too. Every other path is the frontend's. The list is
// core/configuration/prefixes.py.
const DJANGO = /^\/(api|_allauth|ws|admin|redis|health|static|media|protected|identity|\.well-known)(\/|$)/
// The files that Django makes of portal.yaml: PORTAL_FILES in the same list.
const FILES = /^\/(robots\.txt|manifest\.webmanifest|accent\.css|icon\.svg|icon-(192|512|maskable)\.png)$/

/**
 * Returns the configuration of webpack-dev-server, which listens at PORT in front of Django: `manage.py develop` starts both.
 * @param {NodeJS.ProcessEnv} environment
 * @param {{portal: string, publicPath: string}} options `portal`: the portal's folder
 */
export function serveInFrontOf(environment, { portal, publicPath }) {
  const backend = backendFrom(environment)
  const port = Number(environment.PORT || 8000)
  const belongsToDjango = (path) => (DJANGO.test(path) && !path.startsWith(publicPath)) || FILES.test(path)

  return {
    watchOptions: {
      ignored: [
        '**/node_modules',
        '**/__pycache__',
        '**/*.py',
        '**/*.pyc',
        `${portal}/{var,.venv,frontend/build}`,
      ],
    },
    devServer: {
      host: '127.0.0.1',
      port,
      hot: true,
      static: false,
      allowedHosts: [
        '.localhost',
        '127.0.0.1',
        ...(environment.ALLOWED_HOSTS ?? '').split(',').filter(Boolean),
      ],
      // The portal's sockets live below /ws/, so hot reload gets a path of its own.
      webSocketServer: { type: 'ws', options: { path: '/__hot' } },
      client: {
        logging: 'warn',
        overlay: false, // the page of the app says it (shell/buildErrors.js), and the others go on
        webSocketURL: { pathname: '/__hot' },
      },
      proxy: [
        {
          target: backend.url.href,
          pathFilter: belongsToDjango,
          ws: true,
          changeOrigin: false, // Django checks the Host and Origin that the browser sent
          logger: { info() {}, warn() {}, error() {} }, // manage.py develop reports that Django ended
          on: {
            error: (error, request, response) => respondUnavailable(request, response, backend.status()),
          },
        },
      ],
      setupMiddlewares: (middlewares, server) => {
        const proxy = middlewares.findIndex(({ name }) => name === 'http-proxy-middleware')
        middlewares.splice(proxy, 0, {
          name: 'django-does-not-answer',
          middleware: (request, response, next) => {
            const reason = reasonFor(pathOf(request), backend.status())
            if (!reason || !belongsToDjango(pathOf(request))) return next()
            respondUnavailable(request, response, { reason })
          },
        })
        middlewares.unshift({ name: 'frame', path: '/__frame', middleware: respondWithFrame(server) })
        middlewares.push({
          name: 'no-such-file',
          path: publicPath,
          middleware: (request, response) =>
            response.writeHead(404, { 'Content-Type': 'text/plain' }).end('The frontend has no such file.\n'),
        })
        middlewares.push({
          name: 'page',
          middleware: respondWithPage(server, () => backend.status().page),
        })
        return middlewares
      },
    },
  }
}

const pathOf = (request) => request.url.split('?')[0]

/** Why Django does not answer this path; empty when it does. */
function reasonFor(path, { reason, stopping, broken }) {
  if (stopping) return reason
  return Object.entries(broken).find(([prefix]) => path.startsWith(prefix))?.[1]
}

/** Answers with index.html and the texts that Django would write into it (core/frontend/document.py), in the portal's language. */
function respondWithPage(server, readTexts) {
  return (request, response, next) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return next()
    const { outputFileSystem, outputPath } = server.compiler
    server.middleware.waitUntilValid(() =>
      outputFileSystem.readFile(path.join(outputPath, 'index.html'), 'utf8', (error, page) => {
        if (error) return next(error)
        response
          .writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' })
          .end(writeTexts(page, { ...readTexts(), ...schemeOf(request) }))
      }),
    )
  }
}

const writeTexts = (page, texts) =>
  Object.entries(texts).reduce((text, [found, replacement]) => text.replace(found, () => replacement), page)

/** The colour scheme of the reader's cookie. */
function schemeOf({ headers }) {
  const scheme = headers.cookie?.match(/(?:^|; )scheme=(light|dark)(?:;|$)/)?.[1]
  return scheme ? { 'data-scheme=""': `data-scheme="${scheme}"` } : {}
}
