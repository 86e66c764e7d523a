import { defineConfig, makeConfig } from '@lingui/conf'
import { formatter } from '@lingui/format-po'

const config = defineConfig({
  rootDir: new URL('..', import.meta.url).pathname,
  sourceLocale: 'en',
  locales: ['en'],
  catalogs: [
    {
      path: '<rootDir>/frontend/locale/{locale}',
      include: ['<rootDir>/frontend'],
      exclude: ['**/build/**', '**/pages/**', '**/*.test.{js,jsx}'],
    },
    {
      // Apart, so that the first visit does not carry the words of pages that few visits open.
      path: '<rootDir>/frontend/pages/locale/{locale}',
      include: ['<rootDir>/frontend/pages'],
      exclude: ['**/*.test.{js,jsx}'],
    },
  ],
  format: formatter({ lineNumbers: false }),
  // Pages write `import { t, Trans } from '@portal/i18n'`; Babel turns that into calls of what the sdk exports.
  macro: { corePackage: ['@portal/i18n'], jsxPackage: ['@portal/i18n'] },
  runtimeConfigModule: {
    i18n: ['@portal/sdk', 'i18n'],
    Trans: ['@portal/sdk', 'TransRuntime'],
    useLingui: ['@portal/sdk', 'useLingui'],
  },
})

export const linguiConfig = makeConfig(config)
export default config
