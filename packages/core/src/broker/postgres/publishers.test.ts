import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openPostgres, type PostgresDatabase } from '../../store/postgres/index.ts'
import { onPostgres } from '../../testing/fixtures/postgres.ts'
import type { Message } from '../broker.ts'
import { partitionOf } from '../placement.ts'
import type { BrokerStorage } from '../storage.ts'
import { openPostgresStorage } from './postgres-broker.ts'

const WRITERS = 32
const CALLS = 8
const KEYS = ['k0', 'k1', 'k2', 'k3', 'k4', 'k5', 'k6']
const PARTITIONS = 4
const ROLLED_BACK = 'the test rolls back'

/** Messages of one call, over several partitions, in another order for each writer. */
function call(writer: number, number: number) {
  return KEYS.map((_, at) => {
    const key = KEYS[(writer % 2 === 0 ? at : KEYS.length - at + writer) % KEYS.length] ?? ''
    return { id: `${writer}/${number}/${key}`, key, headers: {}, value: '{}' }
  })
}

interface Calls {
  /** Statements that were cancelled; they are sent again. */
  cancelled: number
}

/** Each writer has a queue of its own, so that 32 statements are under way at once. */
async function publishAll(storages: readonly BrokerStorage[], calls: Calls): Promise<void> {
  await Promise.all(
    storages.map(async (storage, writer) => {
      for (let number = 0; number < CALLS; number++) await send(storage, call(writer, number), calls)
    }),
  )
}

async function send(storage: BrokerStorage, messages: readonly Message[], calls: Calls): Promise<void> {
  try {
    assert.ok(await storage.append('t', messages, partitionOfKey))
  } catch (error) {
    if (!(error instanceof Error && error.message.includes('canceling'))) throw error
    calls.cancelled++
    await send(storage, messages, calls)
  }
}

const partitionOfKey = (key: string | null): number => partitionOf(key ?? '', PARTITIONS)

/**
 * Cancels statements of publishers wherever they are, and takes one of their locks, cancels who waits for it and rolls
 * back: one, since what takes several in an order of its own deadlocks with publishers that keep theirs.
 */
async function disturb(
  database: PostgresDatabase,
  { calls, signal, began }: { calls: Calls; signal: AbortSignal; began: () => void },
): Promise<void> {
  for (let turn = 0; !signal.aborted; turn++) {
    await cancelOne(database, "state = 'active'")
    const rolledBack = database.transaction(async (session) => {
      await session.rows(
        `UPDATE ${database.schema}.eventwright_partitions SET next = next + 1000 WHERE partition = $1`,
        [partitionOfKey(KEYS[turn % KEYS.length] ?? '')],
      )
      began()
      const { cancelled } = calls
      while (!signal.aborted && calls.cancelled === cancelled)
        await cancelOne(database, "wait_event_type = 'Lock'")
      throw new Error(ROLLED_BACK)
    })
    await assert.rejects(rolledBack, { message: ROLLED_BACK })
  }
}

async function cancelOne(database: PostgresDatabase, where: string): Promise<void> {
  await database.rows(
    `SELECT pg_cancel_backend(pid) FROM pg_stat_activity
     WHERE datname = current_database() AND ${where} AND query LIKE '%INSERT INTO%eventwright_messages%'
     AND pid <> pg_backend_pid() ORDER BY random() LIMIT 1`,
  )
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
      const began = Promise.withResolvers<void>()
      const calls: Calls = { cancelled: 0 }
      const disturbing = disturb(database, { calls, signal: stop.signal, began: began.resolve })
      stack.defer(async () => {
        stop.abort()
        await disturbing
      })
      await Promise.race([began.promise, disturbing])
      await publishAll(storages, calls)
      stop.abort()
      await disturbing
      assert.ok(calls.cancelled > 0, 'some were rolled back')

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
