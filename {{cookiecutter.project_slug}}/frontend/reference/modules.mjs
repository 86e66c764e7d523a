// The modules that pages import, with their files. The lint and the reference use this list, and everything else is private.
const SDK = ['draft', 'languages', 'presence', 'scheme', 'tabs']
const UI = ['charts', 'choices', 'dates', 'dialog', 'form', 'table', 'toast', 'upload']

/** Module → its file, relative to the folder of the portal. @type {Record<string, string>} */
export const MODULES = Object.fromEntries([
  ['@portal/sdk', 'frontend/sdk/index.js'],
  ...SDK.map((name) => [`@portal/sdk/${name}`, `frontend/sdk/${name}.js`]),
  ['@portal/ui', 'frontend/kit/index.js'],
  ...UI.map((name) => [`@portal/ui/${name}`, `frontend/kit/${name}/index.js`]),
])

/** Matches the import of a module of `@portal/sdk` or `@portal/ui` that is not in the list. */
export const PRIVATE_MODULE = `^@portal/(sdk/(?!(${SDK.join('|')})$)|ui/(?!(${UI.join('|')})$))`
