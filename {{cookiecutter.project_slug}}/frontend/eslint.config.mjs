import js from '@eslint/js'
import { defineConfig, globalIgnores } from 'eslint/config'
import reactHooks from 'eslint-plugin-react-hooks'
import globals from 'globals'
import { BARE_TEXTS } from './lint/bareTexts.mjs'
import { PRIVATE_MODULE } from './reference/modules.mjs'

const PAGES = ['apps/*/frontend/**', 'services/*/frontend/**']
const TESTS = ['**/*.test.{js,jsx}', 'frontend/testing/**']

const LIBRARIES = {
  regex: '^(react|react-dom|react-router|@tanstack/react-query|@lingui/core|@lingui/react)(/|$)',
  message: 'Import this from @portal/sdk (or, for translated texts, from @portal/i18n).',
}
// The modules of which a page may import more than from @portal/sdk and @portal/ui.
const MODULES = {
  regex: PRIVATE_MODULE,
  message:
    'This file belongs to the shell. The docs list the modules for pages (docs/reference/frontend.md).',
}
/** Make a rule against imports from `levels` folders up, or more. */
const outsideOf = (levels) => ({
  regex: `^(\\.\\./){${levels},}`,
  message:
    "Import only files of this plugin's folder. Use @portal/sdk, @portal/ui and @portal/i18n for everything else.",
})

export default defineConfig(
  globalIgnores(['frontend/build/', 'packages/', 'var/', '.venv/', '**/static/']),
  {
    files: ['**/*.{js,jsx,mjs}'],
    extends: [js.configs.recommended],
    plugins: { 'react-hooks': reactHooks },
    // webpack replaces process.env.NODE_ENV.
    languageOptions: {
      globals: { ...globals.browser, process: 'readonly' },
      parserOptions: { ecmaFeatures: { jsx: true } },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      eqeqeq: 'error',
      'no-var': 'error',
      'prefer-const': 'error',
      'react-hooks/rules-of-hooks': 'error',
      'react-hooks/exhaustive-deps': 'error',
    },
  },
  {
    // Everything that people read can be translated.
    files: ['{frontend,services,apps}/**/*.{js,jsx}'],
    ignores: TESTS,
    rules: { 'no-restricted-syntax': ['error', ...BARE_TEXTS] },
  },
  { files: ['**/*.mjs'], languageOptions: { globals: globals.node } },
  { files: TESTS, languageOptions: { globals: { ...globals.jest, ...globals.node } } },
  {
    // Pages import the shell's code from three modules only. So they depend on no other file of the shell and on no other app, and the
    // vendor file stays the same when an app changes.
    files: PAGES,
    ignores: TESTS,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [LIBRARIES, MODULES, outsideOf(2)],
        },
      ],
    },
  },
  {
    // The further pages of a service are two folders deeper, and may import from the service's frontend folder: ../../forms/Form.jsx.
    files: ['services/*/frontend/pages/**'],
    rules: {
      'no-restricted-imports': ['error', { patterns: [LIBRARIES, MODULES, outsideOf(3)] }],
    },
  },
  {
    // Imports go one way: the shell imports from the kit and the SDK, the kit from the SDK.
    files: ['frontend/{kit,sdk}/**'],
    ignores: TESTS,
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: '/(shell|apps|services)/',
              message: 'The kit and the SDK cannot import from the shell or from pages.',
            },
          ],
        },
      ],
    },
  },
)
