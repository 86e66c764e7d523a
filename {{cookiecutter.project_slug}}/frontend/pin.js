// This file keeps the vendor file the same in every build. webpack removes the exports that no module uses and shortens the names of the
// others. Without the references below, one more import in one app would change the vendor file, and every browser would download it
// again. For the same reason, `loadKit()` refers to the whole kit and SDK.
import * as react from 'react'
import * as reactRuntime from 'react/jsx-runtime'
import * as reactDom from 'react-dom'
import * as shim from 'use-sync-external-store/shim' // Lingui imports it, and React Aria too
import { UNSAFE_NavigationContext as navigation } from 'react-router'
import * as libraries from './sdk/libraries.js'

const pinned = { libraries, navigation, react, reactDom, reactRuntime, shim }
globalThis[Symbol.for('portal')] = pinned

/** Load the kit and the parts of the SDK that the shell does without. Pages need both. */
export async function loadKit() {
  const [kit, sdk] = await Promise.all([
    import(/* webpackChunkName: "kit-all" */ './kit/index.js'),
    import(/* webpackChunkName: "kit-all" */ './sdk/index.js'),
  ])
  Object.assign(pinned, { kit, sdk })
  return kit
}
