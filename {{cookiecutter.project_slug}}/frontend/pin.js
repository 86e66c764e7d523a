// Why this file: webpack drops exports that nobody uses and renames the others, over the whole build at once. One more import in one app
// would then rename the vendor file, and every browser would download it again. Holding on to whole modules here settles what is in it.
import * as react from 'react'
import * as reactRuntime from 'react/jsx-runtime'
import * as reactDom from 'react-dom'
import * as kit from './kit/index.js'
import * as sdk from './sdk/index.js'

globalThis[Symbol.for('portal')] = { kit, react, reactDom, reactRuntime, sdk }
