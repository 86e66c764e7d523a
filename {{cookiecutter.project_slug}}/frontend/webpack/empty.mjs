// In place of the translations that React Aria brings along: see webpack.config.mjs.
export default undefined
