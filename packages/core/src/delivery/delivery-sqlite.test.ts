import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sqliteBroker } from '../broker/index.ts'
import { sqliteStoreEngine } from '../store/sqlite/index.ts'
import { deliverySuite } from '../testing/delivery-suite.ts'

deliverySuite('SQLite', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'eventwright-delivery-'))
  const file = join(folder, 'shop.db')
  return {
    store: sqliteStoreEngine(file),
    broker: sqliteBroker(file),
    dispose: () => rm(folder, { recursive: true, force: true }),
  }
})
