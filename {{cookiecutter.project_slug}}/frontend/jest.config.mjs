import { existsSync, globSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { IMAGE, STYLE_SHEET } from './webpack/file-types.mjs'

const portal = fileURLToPath(new URL('..', import.meta.url))

export default {
  rootDir: portal,
  roots: ['frontend', 'apps', 'services']
    .filter((folder) => existsSync(portal + folder))
    .map((folder) => `<rootDir>/${folder}`),
  testMatch: ['**/*.test.{js,jsx}'],
  modulePathIgnorePatterns: ['<rootDir>/frontend/build'],
  testEnvironment: 'jsdom',
  setupFiles: ['<rootDir>/frontend/testing/globals.js'],
  setupFilesAfterEnv: ['<rootDir>/frontend/testing/setup.js'],
  transform: {
    '\\.m?jsx?$': ['babel-jest', { configFile: './frontend/babel.config.mjs' }],
    'docs/reference/.+\\.md$': '<rootDir>/frontend/testing/transforms/examples.mjs',
    [IMAGE.source]: '<rootDir>/frontend/testing/transforms/image.mjs',
    [STYLE_SHEET.source]: '<rootDir>/frontend/testing/transforms/style-sheet.mjs',
  },
  transformIgnorePatterns: [`/node_modules/(?!(${modulePackages().join('|')})/)`],
  moduleNameMapper: {
    '^@portal/sdk$': '<rootDir>/frontend/sdk/index.js',
    '^@portal/sdk/(\\w+)$': '<rootDir>/frontend/sdk/$1.js',
    '^@portal/ui$': '<rootDir>/frontend/kit/index.js',
    '^@portal/ui/(\\w+)$': '<rootDir>/frontend/kit/$1/index.js',
    '/live-announcer/LiveAnnouncer(\\.\\w+)?$': '<rootDir>/frontend/kit/aria/announcer.js', // as in the build
    '^@portal/testing$': '<rootDir>/frontend/testing/index.jsx',
  },
  testTimeout: 30_000, // milliseconds; longer than `asyncUtilTimeout` in testing/setup.js
  passWithNoTests: true,
}

/**
 * List the installed packages that are ECMAScript modules. Jest runs CommonJS, so Babel has to translate them.
 * @returns {string[]} package names
 */
function modulePackages() {
  return globSync(['node_modules/*/package.json', 'node_modules/@*/*/package.json'], { cwd: portal })
    .filter((file) => JSON.parse(readFileSync(portal + file, 'utf8')).type === 'module')
    .map((file) => file.replaceAll('\\', '/').replace(/^node_modules\/|\/package\.json$/g, ''))
}
