import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { defineConfig, makeConfig } from '@lingui/conf'
import { formatter } from '@lingui/format-po'

const portal = fileURLToPath(new URL('..', import.meta.url))
const services = globSync('services/*/frontend', { cwd: portal })
  .map((folder) => folder.split(/[\\/]/)[1])
  .sort()

const config = defineConfig({
  rootDir: portal,
  sourceLocale: 'en',
  locales: ['en'],
  catalogs: [
    {
      path: '<rootDir>/frontend/locale/{locale}',
      include: ['<rootDir>/frontend'],
      exclude: ['**/build/**', '**/*.test.{js,jsx}'],
    },
    // Each service has its own catalogue, which loads together with its pages.
    ...services.map((service) => ({
      path: `<rootDir>/services/${service}/locale/{locale}`,
      include: [`<rootDir>/services/${service}/frontend`],
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
