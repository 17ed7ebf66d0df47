import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { storeSuite } from '../../testing/store-suite.ts'
import { sqliteStoreEngine } from './index.ts'

storeSuite({
  name: 'sqlite',
  async fresh() {
    const folder = mkdtempSync(join(tmpdir(), 'eventwright-store-'))
    const engine = sqliteStoreEngine(join(folder, 'store.db'))
    return {
      engine,
      renewEpoch: (options) => engine.renewEpoch(options),
      dispose: async () => rmSync(folder, { recursive: true }),
    }
  },
})
