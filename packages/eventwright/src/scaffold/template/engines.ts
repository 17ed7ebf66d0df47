import type { ScaffoldFile } from '../file.ts'

export const file: ScaffoldFile = {
  path: 'src/engines.ts',
  owner: 'yours',
  text: `import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { type BrokerEngine, memory, type StoreEngine } from '@eventwright/core'
import { sqlite } from '@eventwright/core/sqlite'

/** The engine of a URL that \`readSettings\` took: \`memory:\` or \`sqlite:FILE\`, whose folder is made. */
export function engineOf(url: string): StoreEngine & BrokerEngine {
  if (url === 'memory:') return memory()
  const file = url.slice('sqlite:'.length)
  mkdirSync(dirname(file), { recursive: true })
  return sqlite(file)
}
`,
}
