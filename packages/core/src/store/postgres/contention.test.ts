import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { withoutPostgres } from '../../../../../scripts/postgres/server.mjs'
import type { EventStore } from '../index.ts'
import { openPostgres } from './database/open.ts'
import type { PostgresDatabase } from './database.ts'
import { type FreshStores, freshStores } from './fixtures/fresh.ts'
import { appendInto, openTransaction } from './fixtures/open-append.ts'

const event = { type: 'Happened', data: {} }

describe('contention on PostgreSQL', { skip: withoutPostgres() }, () => {
  let stores: FreshStores
  before(async () => {
    stores = await freshStores(18)
  })
  after(() => stores.drop())

  /** A store, and the tables behind it, as other processes reach them. */
  const promise = (
    name: string,
    check: (store: EventStore, database: PostgresDatabase) => Promise<void>,
  ): void => {
    test(name, { timeout: 60_000 }, async () => {
      const { engine, url, dispose } = stores.take()
      const store = await engine.openStore()
      const database = await openPostgres(url)
      await check(store, database)
      await store.close()
      await database.close()
      await dispose()
    })
  }

  promise('flushes of the same streams in opposite orders never deadlock', async (store, database) => {
    await store.append('a', [event])
    await store.append('b', [event])
    const holding = await openTransaction(database, (session) => appendInto(session, database, ['a']))
    const flush = (streams: readonly string[]): Promise<void> =>
      database.transaction((session) => appendInto(session, database, streams))
    const forward = flush(['a', 'b'])
    await waiting(database, 1)
    const backward = flush(['b', 'a'])
    await waiting(database, 2)
    await holding.end('commit')
    await Promise.all([forward, backward])
    assert.equal((await store.read('b')).version, 3)
  })

  promise(
    'a stream that another transaction holds makes its own appends wait, in order, and no neighbour',
    async (store, database) => {
      await store.append('held', [event])
      const holding = await openTransaction(database, (session) => appendInto(session, database, ['held']))
      const answered: string[] = []
      const append = async (stream: string, n: number): Promise<void> => {
        const { version } = await store.append(stream, [{ type: 'Happened', data: n }])
        answered.push(`${stream} ${version}`)
      }
      const first = [1, 2, 3].map((n) => append('held', n))
      const neighbours = Array.from({ length: 20 }, (_, n) => append(`free-${n}`, n))
      await Promise.all(neighbours)
      // It came later, and touches what those before it wait for.
      const last = append('held', 4)
      await append('free-0', 5)
      assert.equal(
        answered.some((answer) => answer.startsWith('held')),
        false,
      )
      assert.equal(store.health().queued, 4)
      await holding.end('commit')
      await Promise.all([...first, last])
      assert.deepEqual(answered.slice(-4), ['held 3', 'held 4', 'held 5', 'held 6'])
      const { events } = await store.read('held', { from: 3 })
      assert.deepEqual(
        events.map(({ data }) => data),
        [1, 2, 3, 4],
      )
    },
  )

  promise('what an engine cannot take harms no neighbour in its flush', async (store, database) => {
    await store.transaction((tx) => tx.documents('d').put('first', 1))
    // As an operator may have; what the store itself can tell of a unit, it refuses before it flushes.
    await database.write(
      `ALTER TABLE ${database.schema}.eventwright_documents ADD CONSTRAINT own CHECK (id <> 'refused')`,
    )
    const units = ['x', 'refused', 'y', 'z'].map((id) =>
      store.transaction((tx) => tx.documents('d').put(id, 1)),
    )
    const told = await Promise.allSettled(units)
    assert.deepEqual(
      told.map(({ status }) => status),
      ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
    )
  })
})

/** Until so many connections wait for a lock. */
async function waiting(database: PostgresDatabase, count: number): Promise<void> {
  for (;;) {
    const rows = await database.rows(
      "SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'",
    )
    if (rows.length >= count) return
    await sleep(5)
  }
}
