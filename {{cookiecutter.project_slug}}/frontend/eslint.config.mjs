import js from '@eslint/js'
import { defineConfig, globalIgnores } from 'eslint/config'
import reactHooks from 'eslint-plugin-react-hooks'
import globals from 'globals'

const PAGES = ['apps/*/frontend/**', 'services/*/frontend/**']
const TESTS = ['**/*.test.{js,jsx}', 'frontend/testing/**']

const HANDED_OUT = {
  regex: '^(react|react-dom|react-router|@tanstack/react-query|@lingui/core|@lingui/react)(/|$)',
  message: 'Import this from @portal/sdk (or, for translated texts, from @portal/i18n).',
}
const outsideOf = (levels) => ({
  regex: `^(\\.\\./){${levels},}`,
  message:
    "Import only files of this plugin's folder. Use @portal/sdk, @portal/ui and @portal/i18n for everything else.",
})

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
          patterns: [HANDED_OUT, outsideOf(2)],
        },
      ],
    },
  },
  {
    // The files of a further page may also use the other files of their service's frontend folder: ../../forms/Form.jsx.
    files: ['services/*/frontend/pages/**'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [HANDED_OUT, outsideOf(3)] }],
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
