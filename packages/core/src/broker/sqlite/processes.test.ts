import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { processesSuite } from '../fixtures/processes.ts'
import { openSqliteStorage, sqliteBroker } from './sqlite-broker.ts'

processesSuite('broker in one file of several processes', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'eventwright-processes-'))
  const file = join(folder, 'broker.db')
  return {
    ...sqliteBroker(file),
    openStorage: () => openSqliteStorage(file),
    dispose: async () => rmSync(folder, { recursive: true }),
  }
})
