import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { testDatabase, withoutPostgres } from '../../../../../scripts/postgres/server.mjs'
import { inboxKey, pair } from '../settle/index.ts'
import type { InboxMessage } from '../transaction.ts'
import { openPostgres } from './index.ts'
import type { Reader } from './look-up.ts'
import * as find from './lookups.ts'
import { postgresStoreEngine } from './store-engine.ts'
import { tablesOf } from './tables.ts'

const skip = withoutPostgres()
const place = skip ? undefined : await testDatabase()
const url = place?.url ?? ''
after(() => place?.drop())

test('a plan that is kept finds by the index, though the table fitted one page when it was made', {
  skip,
}, async () => {
  const store = await postgresStoreEngine(url).openStore()
  await store.append('a', [{ type: 'Happened', data: {}, id: 'x' }])
  await store.transaction((tx) => {
    tx.documents('c').put('x', 1)
    return tx.checkpoint.advance('x', 0, 1)
  })
  const database = await openPostgres(url)
  const tables = tablesOf(database)
  for (const table of Object.values(tables).filter((name) =>
    /streams|events|documents|checkpoints/.test(name),
  ))
    await database.write(`VACUUM ANALYZE ${table}`)

  const plans: string[] = []
  const explaining: Reader = {
    async rows(text, values) {
      const rows = await database.rows<{ 'QUERY PLAN': string }>(`EXPLAIN ${text}`, values)
      plans.push(rows.map((row) => row['QUERY PLAN']).join('\n'))
      return []
    },
  }
  const name = new Map([['x', find.oneName('', 'x')]])
  const second = new Map([['x', { key: pair('', 'c', 'x'), tenant: '', name: 'c', second: 'x' }]])
  const inbox = (message: InboxMessage) => {
    const key = inboxKey('', 'c', message)
    return new Map([[key, { key, tenant: '', name: 'c', message }]])
  }
  await find.eventsById(explaining, tables, name)
  await find.documentsByName(explaining, tables, second)
  await find.checkpointsByName(explaining, tables, name)
  await find.commandsByName(explaining, tables, second)
  await find.timersByName(explaining, tables, second)
  await find.fencesByName(explaining, tables, name)
  await find.inboxValues(explaining, tables, inbox({ id: 'x', expires: 1 }))
  await find.inboxValues(explaining, tables, inbox({ topic: 't', epoch: 'e', stream: 's', version: 1 }))
  assert.equal(plans.length, 8)
  for (const plan of plans) assert.doesNotMatch(plan, /Seq Scan/, plan)
  await database.close()
  await store.close()
})
