import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryBroker, sqliteBroker } from '../broker/index.ts'
import { postgres } from '../postgres.ts'
import { memoryStoreEngine } from '../store/memory/index.ts'
import { sqliteStoreEngine } from '../store/sqlite/index.ts'
import { onPostgres } from '../testing/fixtures/postgres.ts'
import { sagaSuite } from '../testing/saga-suite.ts'

sagaSuite('memory', async () => ({
  store: memoryStoreEngine(),
  broker: memoryBroker(),
  dispose: async () => {},
}))

sagaSuite('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'eventwright-saga-'))
  const file = join(folder, 'shop.db')
  return {
    store: sqliteStoreEngine(file),
    broker: sqliteBroker(join(folder, 'broker.db')),
    dispose: () => rm(folder, { recursive: true, force: true }),
  }
})

onPostgres('sagas on PostgreSQL', (fresh) =>
  sagaSuite('PostgreSQL', async () => {
    const engine = postgres(fresh())
    return { store: engine, broker: engine, dispose: async () => {} }
  }),
)
