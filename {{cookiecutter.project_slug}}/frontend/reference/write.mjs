// `npm run reference` writes the generated parts of the pages.
import { readFileSync, writeFileSync } from 'node:fs'
import { currentPages } from './pages.mjs'

for (const [file, text] of Object.entries(currentPages(process.cwd())))
  if (readFileSync(file, 'utf8') !== text) writeFileSync(file, text)
