import type { ScaffoldFile } from '../file.ts'

export const file: ScaffoldFile = {
  path: 'src/engines.ts',
  owner: 'yours',
  text: `import { mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { BrokerEngine, StoreEngine } from '@eventwright/core'
import { brokerEngine, storeEngine } from '@eventwright/core/engines'
import type { Settings } from './settings.ts'

/** The store and the broker of the URLs that \`readSettings\` took. The folder of a SQLite file is made. */
export async function enginesOf({
  storeUrl,
  brokerUrl,
}: Pick<Settings, 'storeUrl' | 'brokerUrl'>): Promise<{
  readonly store: StoreEngine
  readonly broker: BrokerEngine
}> {
  for (const url of [storeUrl, brokerUrl]) {
    if (url.startsWith('sqlite:')) mkdirSync(dirname(url.slice('sqlite:'.length)), { recursive: true })
  }
  return { store: await storeEngine(storeUrl), broker: await brokerEngine(brokerUrl) }
}
`,
}
