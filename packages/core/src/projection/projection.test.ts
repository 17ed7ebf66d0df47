import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryStoreEngine } from '../store/memory/index.ts'
import { postgresStoreEngine } from '../store/postgres/index.ts'
import { sqliteStoreEngine } from '../store/sqlite/index.ts'
import { onPostgres } from '../testing/fixtures/postgres.ts'
import { projectionSuite } from '../testing/projection-suite.ts'

projectionSuite('memory', async () => {
  const engine = memoryStoreEngine()
  return { engine, renewEpoch: () => engine.renewEpoch(), dispose: async () => {} }
})

projectionSuite('sqlite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'eventwright-projection-'))
  const engine = sqliteStoreEngine(join(folder, 'shop.db'))
  return {
    engine,
    renewEpoch: () => engine.renewEpoch(),
    dispose: () => rm(folder, { recursive: true, force: true }),
  }
})

onPostgres('projections on PostgreSQL', (fresh) =>
  projectionSuite('PostgreSQL', async () => {
    const engine = postgresStoreEngine(fresh())
    return { engine, renewEpoch: () => engine.renewEpoch(), dispose: async () => {} }
  }),
)
