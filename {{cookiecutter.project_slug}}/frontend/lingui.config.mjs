import { globSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { defineConfig, makeConfig } from '@lingui/conf'
import { formatter } from '@lingui/format-po'

const portal = fileURLToPath(new URL('..', import.meta.url))
const SOURCE_LOCALE = 'en'

const find = (pattern) => globSync(pattern, { cwd: portal }).map((name) => name.replaceAll('\\', '/'))

// All languages that have a catalogue, and the one that `make language` adds.
const added = process.env.ADDED_LANGUAGE ? [process.env.ADDED_LANGUAGE] : []
const found = find('{frontend,services/*,apps/*}/locale/*.po').map((file) => path.posix.basename(file, '.po'))
const locales = [...new Set([SOURCE_LOCALE, ...found, ...added])].sort()

// With `make messages app=name`, the folder of that service or app: the catalogues of others are left alone.
const only = process.env.CATALOGUES_OF

// Each service has its own catalogue, and so has each app with a folder locale/. It loads together with its pages.
const owners = [
  ...find('services/*/frontend').map((folder) => path.posix.dirname(folder)),
  ...find('apps/*/locale').map((folder) => path.posix.dirname(folder)),
]
  .filter((owner) => !only || owner === only)
  .sort()

const shell = {
  path: '<rootDir>/frontend/locale/{locale}',
  include: ['<rootDir>/frontend'],
  exclude: ['**/build/**', '**/testing/**', '**/*.test.{js,jsx}'],
}

const config = defineConfig({
  rootDir: portal,
  sourceLocale: SOURCE_LOCALE,
  locales,
  catalogs: [
    ...(only ? [] : [shell]),
    ...owners.map((owner) => ({
      path: `<rootDir>/${owner}/locale/{locale}`,
      include: [`<rootDir>/${owner}/frontend`],
      exclude: ['**/*.test.{js,jsx}'],
    })),
  ],
  format: formatter({ lineNumbers: false }),
  // Babel replaces imports from `@portal/i18n` by the exports of `@portal/sdk` below.
  macro: { corePackage: ['@portal/i18n'], jsxPackage: ['@portal/i18n'] },
  runtimeConfigModule: {
    i18n: ['@portal/sdk', 'i18n'],
    Trans: ['@portal/sdk', 'TransRuntime'],
    useLingui: ['@portal/sdk', 'useLingui'],
  },
})

export const linguiConfig = makeConfig(config)
export default config
