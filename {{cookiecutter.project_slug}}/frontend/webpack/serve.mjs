import net from 'node:net'

// Django answers these paths, unknown ones too. Every other path is the frontend's. The list is
// core/configuration/prefixes.py.
const DJANGO = /^\/(api|_allauth|ws|admin|redis|health|static|media|protected)(\/|$)/

const TIMEOUT = 20_000 // milliseconds: longer than Django takes to start again after a change

/**
 * webpack-dev-server at PORT, the one address of `manage.py develop`, in front of Django at BACKEND.
 * @param {NodeJS.ProcessEnv} environment
 * @param {{portal: string, publicPath: string}} options
 */
export function serveInFrontOf(environment, { portal, publicPath }) {
  const backend = backendFrom(environment)
  const port = Number(environment.PORT || 8000)
  const belongsToDjango = (path) => DJANGO.test(path) && !path.startsWith(publicPath)

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
        overlay: { errors: true, warnings: false, runtimeErrors: false },
        webSocketURL: { pathname: '/__hot' },
      },
      historyApiFallback: { index: `${publicPath}index.html`, disableDotRule: true },
      proxy: [
        {
          target: backend.href,
          pathFilter: belongsToDjango,
          ws: true,
          changeOrigin: false, // Django checks the Host and Origin that the browser sent
          on: { error: (error, request, response) => refuse(response, error) },
        },
      ],
      setupMiddlewares: (middlewares) => [
        // While Django starts again, requests wait here instead of failing.
        {
          name: 'wait-for-django',
          middleware: async (request, response, next) => {
            if (!belongsToDjango(pathOf(request))) return next()
            if (await reachable(backend, TIMEOUT)) return next()
            refuse(response, new Error(`Nothing listens at ${backend.host}.`))
          },
        },
        ...beforeFallback(middlewares, {
          name: 'no-such-file',
          middleware: (request, response, next) => {
            if (!pathOf(request).startsWith(publicPath)) return next()
            response.writeHead(404, { 'Content-Type': 'text/plain' }).end('No such file in the frontend.\n')
          },
        }),
      ],
    },
  }
}

const pathOf = (request) => request.url.split('?')[0]

/** Puts `middleware` before the one that answers every unknown path with index.html. */
function beforeFallback(middlewares, middleware) {
  const at = middlewares.findIndex(({ name }) => name === 'connect-history-api-fallback')
  if (at === -1)
    throw new Error('webpack-dev-server has no history fallback any more: see frontend/webpack/serve.mjs')
  return middlewares.toSpliced(at, 0, middleware)
}

function backendFrom(environment) {
  const allowed = 'an address such as http://127.0.0.1:8001'
  try {
    const backend = new URL(environment.BACKEND ?? '')
    if (backend.protocol === 'http:') return backend
  } catch {
    // reported below, together with an address of another kind
  }
  console.error(
    `environment: BACKEND, where Django listens\n  found    ${environment.BACKEND || 'nothing'}\n  allowed  ${allowed}\n` +
      '  do       run make dev, which starts Django and sets it',
  )
  process.exit(2)
}

/** Resolves to whether something accepts connections at `address`, after waiting for it at most `patience` milliseconds. */
async function reachable(address, patience) {
  const deadline = Date.now() + patience
  for (;;) {
    if (await accepts(address)) return true
    if (Date.now() > deadline) return false
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

function accepts({ hostname, port }) {
  return new Promise((resolve) => {
    const socket = net.connect({ host: hostname, port: Number(port || 80) })
    const finish = (answer) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(1000, () => finish(false))
    socket.once('connect', () => finish(true))
    socket.once('error', () => finish(false))
  })
}

/** One quiet 503 for HTTP; a socket is closed, and the page's own code connects again. */
function refuse(response, error) {
  if (typeof response.writeHead !== 'function') return response.destroy()
  if (response.headersSent) return response.end()
  const problem = {
    type: 'about:blank',
    title: 'Service Unavailable',
    status: 503,
    detail: `Django does not answer. Its terminal says why. (${error.message})`,
  }
  response
    .writeHead(503, { 'Content-Type': 'application/problem+json', 'Retry-After': '1' })
    .end(JSON.stringify(problem))
}
