import js from '@eslint/js'
import { defineConfig, globalIgnores } from 'eslint/config'
import reactHooks from 'eslint-plugin-react-hooks'
import globals from 'globals'

const PAGES = ['apps/*/frontend/**', 'services/*/frontend/**']
const TESTS = ['**/*.test.{js,jsx}', 'frontend/testing/**']

export default defineConfig(
  globalIgnores(['frontend/build/', 'var/', '.venv/', '**/static/']),
  {
    files: ['**/*.{js,jsx,mjs}'],
    extends: [js.configs.recommended],
    plugins: { 'react-hooks': reactHooks },
    languageOptions: { globals: globals.browser, parserOptions: { ecmaFeatures: { jsx: true } } },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
    },
  },
  { files: ['**/*.mjs'], languageOptions: { globals: globals.node } },
  { files: TESTS, languageOptions: { globals: { ...globals.jest, ...globals.node } } },
  {
    // The shell and the apps meet in three modules only. So an app cannot depend on the inside of the shell or of another app, and the
    // vendor file holds the same whatever the apps do.
    files: PAGES,
    ignores: TESTS,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '^(react|react-dom|react-router|@tanstack/react-query|@lingui/core|@lingui/react)(/|$)',
              message: 'The portal hands this out: import it from @portal/sdk (or, for words, @portal/i18n).',
            },
            {
              regex: '^(\\.\\./){2,}',
              message:
                'A page lives from its own folder: use @portal/sdk, @portal/ui and @portal/i18n for what the portal offers.',
            },
          ],
        },
      ],
    },
  },
  {
    // One direction: pages, then shell, then kit, then sdk.
    files: ['frontend/{kit,sdk}/**'],
    ignores: TESTS,
    rules: {
      'no-restricted-imports': [
        'error',
        { patterns: [{ regex: '/(shell|apps|services)/', message: 'The kit and the sdk know no page.' }] },
      ],
    },
  },
)
