import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryStoreEngine } from '../store/memory/index.ts'
import { sqliteStoreEngine } from '../store/sqlite/index.ts'
import { projectionSuite } from '../testing/projection-suite.ts'

projectionSuite('memory', async () => ({ engine: memoryStoreEngine(), dispose: async () => {} }))

projectionSuite('sqlite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'eventwright-projection-'))
  return {
    engine: sqliteStoreEngine(join(folder, 'shop.db')),
    dispose: () => rm(folder, { recursive: true, force: true }),
  }
})
