import assert from 'node:assert/strict'
import { test } from 'node:test'
import { openPostgres } from '../../store/postgres/index.ts'
import { eventually } from '../../testing/broker/observe.ts'
import { onPostgres } from '../../testing/fixtures/postgres.ts'
import { partitionOf } from '../placement.ts'
import type { BrokerStorage } from '../storage.ts'
import { openPostgresStorage } from './postgres-broker.ts'

const byKey = (key: string | null, partitions: number): number => partitionOf(key ?? '', partitions)
const at = { topic: 't', partition: 0 }

async function open(url: string) {
  const stack = new AsyncDisposableStack()
  const storage = stack.adopt(await openPostgresStorage(url), (it) => it.close())
  const database = stack.adopt(await openPostgres(url), (it) => it.close())
  return { storage, database, [Symbol.asyncDispose]: () => stack.disposeAsync() }
}

/** Makes a member the owner of the topic's one partition, under this token. */
async function own(storage: BrokerStorage, owner: string, token: number): Promise<void> {
  await storage.updateGroup('g', ['t'], ({ partitions }) => ({
    members: [],
    gone: [],
    partitions: partitions.map((partition) => ({ ...partition, owner, token })),
    rebalance: true,
  }))
}

onPostgres('statements of the broker on PostgreSQL', (fresh) => {
  test('a commit that waits behind a new owner is refused', async () => {
    await using place = await open(fresh())
    const { storage, database } = place
    await storage.createTopic('t', 1)
    await own(storage, 'old', 1)
    const waiting = await database.transaction(async (session) => {
      await session.rows(`UPDATE ${database.schema}.eventwright_offsets SET owner = 'new', token = 2`)
      const late = storage.commit('g', 'old', [{ ...at, token: 1, offset: 3 }])
      await eventually(async () => {
        const locked = await database.rows(
          `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        )
        assert.ok(locked.length > 0)
      })
      return { late }
    })
    assert.equal((await waiting.late).length, 1)
    assert.deepEqual(await storage.progress('g'), [{ ...at, committed: 0 }])
  })

  test('a commit that comes while the group is written is not undone', async () => {
    await using place = await open(fresh())
    const { storage } = place
    await storage.createTopic('t', 1)
    await own(storage, 'm', 1)
    for (let offset = 1; offset <= 20; offset++) {
      let commit: Promise<unknown> | undefined
      await storage.updateGroup('g', ['t'], ({ partitions }) => {
        commit = storage.commit('g', 'm', [{ ...at, token: 1, offset }])
        return { members: [], gone: [], partitions, rebalance: false }
      })
      await commit
      assert.deepEqual(await storage.progress('g'), [{ ...at, committed: offset }])
    }
  })

  test('a read gives a few megabytes at once, and one message at least', async () => {
    await using place = await open(fresh())
    const { storage } = place
    await storage.createTopic('t', 1)
    const messages = Array.from({ length: 8 }, (_, number) => ({
      id: `${number}`,
      key: null,
      headers: {},
      value: `${number}`.repeat(900_000),
    }))
    for (const message of messages) await storage.append('t', [message], () => 0)
    const found = await storage.read(at, 2, 100)
    assert.deepEqual(
      found.map(({ offset }) => offset),
      [2, 3, 4, 5, 6],
    )
    assert.equal((await storage.read(at, 7, 100)).length, 1)
  })

  test('who knew a topic with fewer partitions publishes by the present number', async () => {
    await using place = await open(fresh())
    const { storage, database } = place
    const { schema } = database
    await storage.createTopic('t', 1)
    const keys = Array.from({ length: 12 }, (_, number) => `k${number}`)
    const publish = () =>
      storage.append(
        't',
        keys.map((key) => ({ id: key, key, headers: {}, value: '{}' })),
        byKey,
      )
    await publish()
    await database.transaction(async (session) => {
      await session.rows(`UPDATE ${schema}.eventwright_topics SET partitions = 3`)
      for (const table of ['partitions', 'starts'])
        await session.rows(
          `INSERT INTO ${schema}.eventwright_${table} SELECT id, n, 0 FROM ${schema}.eventwright_topics, generate_series(1, 2) n`,
        )
    })
    await publish()
    for (const partition of [1, 2]) {
      const found = await storage.read({ topic: 't', partition }, 0, 100)
      assert.deepEqual(
        found.map(({ key }) => key),
        keys.filter((key) => partitionOf(key, 3) === partition),
      )
    }
  })
})
