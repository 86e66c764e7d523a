// The module `@portal/sdk`. Pages import their libraries from here, components from `@portal/ui` and translated texts from
// `@portal/i18n`. The name of the vendor file stays the same whatever an app imports from here, so browsers keep their copy. What only some
// pages need is in modules of its own, such as `@portal/sdk/draft` (see webpack.config.mjs).
export * from './libraries.js'
export { signInPath } from './paths.js'
export { ApiError, api } from './api.js'
export { clock } from './clock.js'
export { dayOf } from './days.js'
export { useItem, useList, useRefresh } from './list.js'
export { portalQuery, useApp, usePortal } from './portal.js'
export { useSocket, useTopic } from './socket.js'
