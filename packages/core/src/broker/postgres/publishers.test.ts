import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openPostgres, type PostgresDatabase } from '../../store/postgres/index.ts'
import { onPostgres } from '../../testing/fixtures/postgres.ts'
import { partitionOf } from '../placement.ts'
import type { BrokerStorage } from '../storage.ts'
import { openPostgresStorage } from './postgres-broker.ts'

const WRITERS = 32
const CALLS = 8
const KEYS = ['k0', 'k1', 'k2', 'k3', 'k4', 'k5', 'k6']
const PARTITIONS = 4

/** Messages of one call, over several partitions, in another order for each writer. */
function call(writer: number, number: number) {
  return KEYS.map((_, at) => {
    const key = KEYS[(writer % 2 === 0 ? at : KEYS.length - at + writer) % KEYS.length] ?? ''
    return { id: `${writer}/${number}/${key}`, key, headers: {}, value: '{}' }
  })
}

/** Each writer has a queue of its own, so that 32 statements are under way at once. Those that failed are sent again. */
async function publishAll(storages: readonly BrokerStorage[]): Promise<void> {
  await Promise.all(
    storages.map(async (storage, writer) => {
      for (let number = 0; number < CALLS; number++) {
        await untilDone(() =>
          storage.append('t', call(writer, number), (key) => partitionOf(key ?? '', PARTITIONS)),
        )
      }
    }),
  )
}

async function untilDone(send: () => Promise<boolean>): Promise<void> {
  for (;;) {
    try {
      assert.ok(await send())
      return
    } catch (error) {
      if (!(error instanceof Error) || !/canceling|the test rolls back/.test(error.message)) throw error
    }
  }
}

/**
 * Cancels statements of publishers wherever they are, and takes one of their locks and rolls back: one, since what
 * takes several in an order of its own deadlocks with publishers that keep theirs.
 */
async function disturb(database: PostgresDatabase, signal: AbortSignal): Promise<number> {
  let cancelled = 0
  while (!signal.aborted) {
    const rows = await database.rows<{ done: boolean }>(
      `SELECT pg_cancel_backend(pid) AS done FROM pg_stat_activity
       WHERE datname = current_database() AND state = 'active' AND query LIKE '%INSERT INTO%eventwright_messages%'
       AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1`,
    )
    cancelled += rows.length
    await database
      .transaction(async (session) => {
        await session.rows(
          `UPDATE ${database.schema}.eventwright_partitions SET next = next + 1000
           WHERE partition = $1`,
          [Math.floor(Math.random() * PARTITIONS)],
        )
        throw new Error('the test rolls back')
      })
      .catch(() => {})
  }
  return cancelled
}

async function all(storage: BrokerStorage, partition: number) {
  const found = []
  for (let from = 0; ; from = found.length) {
    const more = await storage.read({ topic: 't', partition }, from, 500)
    if (more.length === 0) return found
    found.push(...more)
  }
}

const NAMES = {
  18: '32 publishers on several partitions leave no gap and keep the order of each key, whoever is rolled back',
  14: 'so do they on an older PostgreSQL',
}

for (const version of [18, 14] as const) {
  const name = NAMES[version]
  const declare = (fresh: () => string) =>
    test(name, async () => {
      const url = fresh()
      await using stack = new AsyncDisposableStack()
      const options = { max: WRITERS }
      const open = async () => stack.adopt(await openPostgresStorage(url, options), (it) => it.close())
      const storages = await Promise.all(Array.from({ length: WRITERS }, open))
      const [storage] = storages
      assert.ok(storage)
      await storage.createTopic('t', PARTITIONS)
      const database = stack.adopt(await openPostgres(url), (it) => it.close())
      const stop = new AbortController()
      const disturbing = disturb(database, stop.signal)
      stack.defer(async () => {
        stop.abort()
        await disturbing
      })
      await publishAll(storages)
      stop.abort()
      assert.ok((await disturbing) > 0, 'some were rolled back')

      let total = 0
      for (let partition = 0; partition < PARTITIONS; partition++) {
        const found = await all(storage, partition)
        total += found.length
        assert.deepEqual(
          found.map(({ offset }) => offset),
          [...found.keys()],
        )
        assert.equal(new Set(found.map(({ id }) => id)).size, found.length, 'each once')
        const last = new Map<string, number>()
        for (const { id, key } of found) {
          const [writer = '', number] = id.split('/')
          const before = last.get(`${writer}/${key}`) ?? -1
          assert.ok(Number(number) > before, `${id} comes after ${before} of its key`)
          last.set(`${writer}/${key}`, Number(number))
        }
      }
      assert.equal(total, WRITERS * CALLS * KEYS.length)
    })
  onPostgres(name, declare, version)
}
