// This file keeps the vendor file the same in every build. webpack removes the exports that no module uses and shortens the names of the
// others. Without the references below, one more import in one app would change the vendor file, and every browser would download it
// again.
import * as react from 'react'
import * as reactRuntime from 'react/jsx-runtime'
import * as reactDom from 'react-dom'
import * as kit from './kit/index.js'
import * as sdk from './sdk/index.js'

globalThis[Symbol.for('portal')] = { kit, react, reactDom, reactRuntime, sdk }
