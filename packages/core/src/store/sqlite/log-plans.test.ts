import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { type LogQuery, StoreReadOnly } from '../index.ts'
import { logQueryOf } from '../range.ts'
import { openSqliteFile, sqliteStoreEngine } from './index.ts'
import { logStatement } from './log.ts'

const folder = mkdtempSync(join(tmpdir(), 'eventwright-log-plans-'))
after(() => rmSync(folder, { recursive: true }))

const event = { type: 'Happened', data: {}, metadata: { correlationId: 'c-1' } }

async function stored(name: string): Promise<string> {
  const path = join(folder, name)
  const store = await sqliteStoreEngine(path).openStore()
  await store.append('a', [event, { ...event, metadata: {} }, event])
  await store.close()
  return path
}

/** Makes it a file of the release before the index. */
function agedBack(path: string): DatabaseSync {
  const raw = new DatabaseSync(path)
  raw.exec(
    "DROP INDEX eventwright_events_correlation; UPDATE eventwright_schema SET version = 1 WHERE name = 'store'",
  )
  return raw
}

test('a stream and a correlation are found by an index, whatever else is asked for', async () => {
  const raw = new DatabaseSync(await stored('plans.db'), { readOnly: true })
  const plan = (query: LogQuery): string => {
    const { sql, values } = logStatement(logQueryOf(query))
    const rows = raw.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(0, 10, ...values, 5)
    return rows.map(({ detail }) => detail).join('\n')
  }
  const more: LogQuery = {
    types: ['Happened'],
    tenant: '',
    since: 1,
    until: 2,
    commandId: 'x',
    after: 3,
    before: 9,
  }
  for (const rest of [{}, more, { direction: 'backward' }] as const) {
    const stream = plan({ stream: 'a', ...rest })
    assert.match(stream, /SEARCH eventwright_events USING COVERING INDEX eventwright_events_stream/)
    assert.doesNotMatch(stream, /SCAN eventwright|TEMP B-TREE/)
    assert.match(
      plan({ id: 'e-1', ...rest }),
      /SEARCH eventwright_events USING COVERING INDEX eventwright_events_id/,
    )
    const correlation = plan({ correlationId: 'c-1', ...rest })
    assert.match(correlation, /SEARCH eventwright_events USING COVERING INDEX eventwright_events_correlation/)
    assert.match(correlation, /SEARCH eventwright_events USING INDEX eventwright_events_id/)
    assert.doesNotMatch(correlation, /SCAN eventwright|TEMP B-TREE/)
  }
  raw.close()
})

test('a file of the release before is read without the index, and gets it when it is opened to write', async () => {
  const path = await stored('older.db')
  agedBack(path).close()
  const indexes = (): number => {
    const raw = new DatabaseSync(path, { readOnly: true })
    const rows = raw
      .prepare("SELECT 1 FROM sqlite_schema WHERE name = 'eventwright_events_correlation'")
      .all()
    raw.close()
    return rows.length
  }
  const find = async (readOnly: boolean): Promise<readonly number[]> => {
    const store = await sqliteStoreEngine(path, { readOnly }).openStore()
    const { events } = await store.readAll({ correlationId: 'c-1' })
    await store.close()
    return events.map(({ position }) => position)
  }
  assert.deepEqual([await find(true), indexes()], [[1, 3], 0])
  assert.deepEqual([await find(false), indexes()], [[1, 3], 1])
})

test('what a process of the release before still appends is found by its correlation too', async () => {
  const path = await stored('beside.db')
  const raw = new DatabaseSync(path)
  raw.exec(`INSERT INTO eventwright_events (position, stream, version, id, type, schema_version, recorded_at, data, metadata)
    SELECT 4, stream, 4, 'e-4', type, schema_version, recorded_at, data, metadata FROM eventwright_events WHERE position = 1`)
  raw.close()
  const store = await sqliteStoreEngine(path, { readOnly: true }).openStore()
  assert.deepEqual(
    (await store.readAll({ correlationId: 'c-1', after: 3 })).events.map(({ id }) => id),
    ['e-4'],
  )
  await store.close()
})

test('tables that must be changed before this release can read them are refused to read only', async () => {
  const path = await stored('must-change.db')
  const file = await openSqliteFile(path, { readOnly: true })
  const newer = [2, 3].map((version) => ({ version, sql: '' }))
  await assert.rejects(file.migrate('store', newer), {
    code: 'CannotOpenFile',
    message: /version 2.*version 3 on/,
  })
  await assert.rejects(
    file.write(() => 1),
    StoreReadOnly,
  )
  await file.close()
})
