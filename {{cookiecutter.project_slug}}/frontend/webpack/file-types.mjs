// The files that a page may import besides JavaScript. webpack.config.mjs and jest.config.mjs both read this list, so that a page that
// builds also runs in tests.

/** Images: the import is the image's URL. */
export const IMAGE = /\.(svg|png|jpe?g|webp|avif)$/

/** Style sheets: the import adds them to the page. `import * as styles from './library.module.css'` reads the class names of a CSS module. */
export const STYLE_SHEET = /\.css$/
