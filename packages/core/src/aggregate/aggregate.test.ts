import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryStoreEngine } from '../store/memory/index.ts'
import { postgresStoreEngine } from '../store/postgres/index.ts'
import { sqliteStoreEngine } from '../store/sqlite/index.ts'
import { aggregateSuite } from '../testing/aggregate-suite.ts'
import { onPostgres } from '../testing/fixtures/postgres.ts'

aggregateSuite('memory', async () => ({ engine: memoryStoreEngine(), dispose: async () => undefined }))

aggregateSuite('sqlite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'aggregates-'))
  const dispose = (): Promise<void> => rm(folder, { recursive: true })
  return { engine: sqliteStoreEngine(join(folder, 'shop.db')), dispose }
})

onPostgres('aggregates on PostgreSQL', (fresh) =>
  aggregateSuite('PostgreSQL', async () => ({
    engine: postgresStoreEngine(fresh()),
    dispose: async () => undefined,
  })),
)
