import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { testDatabase, withoutPostgres } from '../../../../../scripts/postgres/server.mjs'
import type { LogQuery } from '../index.ts'
import { logQueryOf } from '../range.ts'
import { openPostgres, type PostgresDatabase } from './index.ts'
import { logStatement } from './log.ts'
import { postgresStoreEngine } from './store-engine.ts'
import { tablesOf } from './tables.ts'

const EVENTS = 20_000

describe('a large log on PostgreSQL', { skip: withoutPostgres() }, () => {
  let place: Awaited<ReturnType<typeof testDatabase>>
  let database: PostgresDatabase

  before(async () => {
    place = await testDatabase()
    const store = await postgresStoreEngine(place.url).openStore()
    await store.append('first', [{ type: 'Happened', data: {} }])
    await store.close()
    database = await openPostgres(place.url)
    const { events, streams } = tablesOf(database)
    // In one statement, whose rows no statistics know of yet.
    await database.transaction(({ exec }) =>
      exec(`INSERT INTO ${streams} (key, tenant, name) SELECT 100 + g, '', 's-' || g FROM generate_series(0, 99) g;
        INSERT INTO ${events} (position, stream, version, schema_version, recorded_at, id, type, correlation, data, metadata)
        SELECT 10 + g, 100 + g % 100, 1 + g / 100, 1, g, 'e-' || g, 'T' || g % 5, 'c-' || g / 10, '{}', '{}'
        FROM generate_series(0, ${EVENTS - 1}) g`),
    )
  })
  after(async () => {
    await database.close()
    await place.drop()
  })

  /** The plan with its figures. */
  async function plan(query: LogQuery): Promise<string> {
    const { sql, values } = logStatement(tablesOf(database), logQueryOf({ before: EVENTS + 100, ...query }))
    const rows = await database.rows<{ 'QUERY PLAN': string }>(
      `EXPLAIN (ANALYZE, COSTS OFF, TIMING OFF) ${sql}`,
      values,
    )
    return rows.map((row) => row['QUERY PLAN']).join('\n')
  }

  const more: LogQuery = { types: ['T1'], tenant: '', since: 1, until: 99_999, commandId: 'x', after: 3 }

  test('a stream, an id and a conversation are found by an index, whatever else is asked for', async () => {
    for (const rest of [{}, more, { direction: 'backward' }, { ...more, direction: 'backward' }] as const) {
      for (const [query, index] of [
        [{ stream: 's-7' }, 'eventwright_events_stream'],
        [{ id: 'e-77' }, 'eventwright_events_id'],
        [{ correlationId: 'c-77' }, 'eventwright_events_correlation'],
      ] as const) {
        const text = await plan({ ...query, ...rest })
        assert.match(text, new RegExp(`Scan (using|on) ${index}\\b`), text)
        assert.doesNotMatch(text, /Seq Scan on eventwright_events/, text)
        const removed = [...text.matchAll(/Rows Removed by Filter: (\d+)/g)].map(([, count]) => Number(count))
        assert.ok(Math.max(0, ...removed) <= EVENTS / 100, text)
      }
    }
  })

  test('a page of a tenant costs as much as the page has, not as the log', async () => {
    for (const direction of ['forward', 'backward'] as const) {
      const text = await plan({ tenant: '', limit: 100, direction })
      const rows = [...text.matchAll(/eventwright_events.*?actual rows=(\d+)/g)].map(([, count]) =>
        Number(count),
      )
      assert.ok(rows.length > 0 && Math.max(...rows) <= 110, text)
    }
  })
})
