import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brokerSuite } from '../../testing/broker-suite.ts'
import { placeOn } from '../fixtures/cut-off.ts'
import { openSqliteStorage, sqliteBroker } from './sqlite-broker.ts'

brokerSuite('sqlite', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'eventwright-broker-'))
  const path = join(folder, 'broker.db')
  return placeOn(
    sqliteBroker(path),
    () => openSqliteStorage(path),
    () => rmSync(folder, { recursive: true }),
  )
})
