/**
 * Makes Jest import a style sheet without its styles. A CSS module (`*.module.css`) has its class names as named exports, unchanged, and
 * no default export, as with webpack: `import * as styles from './library.module.css'`.
 */
export default {
  process: (source, file) => ({
    code:
      "Object.defineProperty(exports, '__esModule', { value: true })\n" +
      `Object.assign(exports, ${JSON.stringify(/\.module\.css$/.test(file) ? classNames(source) : {})})`,
  }),
}

function classNames(source) {
  const withoutComments = source.replace(/\/\*.*?\*\//gs, '')
  const names = withoutComments.matchAll(/\.(-?[_a-z][-\w]*)/gi)
  return Object.fromEntries([...names].map(([, name]) => [name, name]))
}
