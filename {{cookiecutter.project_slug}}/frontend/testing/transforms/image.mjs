import path from 'node:path'

/** Makes Jest import an image as its file name, in place of its URL. */
export default {
  process: (source, file) => ({ code: `module.exports = ${JSON.stringify(path.basename(file))}` }),
}
