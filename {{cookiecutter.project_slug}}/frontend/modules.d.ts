// The types of what webpack imports and TypeScript does not know: see webpack/file-types.mjs.
declare module '*.css'
declare module '*.po' {
  const messages: Record<string, any>
  export default messages
}
declare module '*.svg' {
  const url: string
  export default url
}
declare module '*.png' {
  const url: string
  export default url
}
declare module '*.jpg' {
  const url: string
  export default url
}
declare module '*.jpeg' {
  const url: string
  export default url
}
declare module '*.webp' {
  const url: string
  export default url
}
declare module '*.avif' {
  const url: string
  export default url
}

interface ImportMeta {
  webpackContext(
    folder: string,
    options: { regExp: RegExp; mode: 'lazy'; chunkName?: string },
  ): { (path: string): Promise<any>; keys(): string[] }
}

// webpack replaces process.env.NODE_ENV.
declare const process: { env: { NODE_ENV: 'development' | 'production' | 'test' } }
