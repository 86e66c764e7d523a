// What webpack understands and TypeScript does not.
declare module '*.css'
declare module '*.po' {
  const messages: Record<string, any>
  export default messages
}

interface ImportMeta {
  webpackContext(
    folder: string,
    options: { regExp: RegExp; mode: 'lazy'; chunkName?: string },
  ): { (path: string): Promise<any>; keys(): string[] }
}
