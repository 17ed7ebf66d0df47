import assert from 'node:assert/strict'
import { after, describe, test } from 'node:test'
import { sql } from 'drizzle-orm'
import { drizzle } from 'drizzle-orm/node-postgres'
import pg from 'pg'
import { testDatabase, withoutPostgres } from '../../../../../scripts/postgres/server.mjs'
import { postgres } from '../../postgres.ts'
import type { JoinClient } from '../join-client.ts'
import { template } from './join/template.ts'

const skip = withoutPostgres()

/** Each means something to SQL, to a template, or to whoever looks at a statement. */
const NAMES = [
  `it's "what?" ü`,
  'SELECT $1 RETURNING $20 $&',
  `U&"\\0041\\' E'/*`,
  `x"; DROP SCHEMA public; -- ' ${'é'.repeat(16)}`,
]

const event = { type: 'Happened', data: {}, metadata: { correlationId: 'c', commandId: 'd' } }

describe('a schema of any name', { skip }, async () => {
  if (skip) return
  const place = await testDatabase()
  const pool = new pg.Pool({ connectionString: place.url, max: 2 })
  after(async () => {
    await pool.end()
    await place.drop()
  })
  const orm = drizzle(pool)

  async function joined(work: (client: JoinClient) => Promise<unknown>): Promise<void> {
    const client = await pool.connect()
    try {
      await client.query('BEGIN')
      await work(client)
      await client.query('COMMIT')
    } finally {
      client.release()
    }
  }

  for (const schema of NAMES) {
    test(`is made by the SQL of a migration, and holds the log and what a join writes: ${schema}`, async () => {
      const engine = postgres(place.url, { schema })
      await pool.query((await engine.migrate({ dryRun: true })).sql)
      assert.equal((await engine.migrate({ dryRun: true })).sql, '')
      await using store = await opened(schema)
      await store.append('a', [{ ...event, id: 'e' }], { tenant: 't' })
      await store.append('a', [{ type: 'Happened', data: {} }], { tenant: 't' })
      const asked = { types: ['Happened'], tenant: 't', since: 1 }
      for (const query of [{ id: 'e' }, { correlationId: 'c' }, { stream: 'a', commandId: 'd' }]) {
        const { events } = await store.readAll({ ...asked, ...query })
        assert.deepEqual(
          events.map(({ id }) => id),
          ['e'],
        )
      }
      const write = (name: string) => (client: JoinClient) =>
        store.join(client, async (tx) => {
          await tx.append('b', [event])
          tx.documents('d').put(name, 1)
          tx.timers.set({ owner: 'o', id: name, due: 1, data: 1 })
          assert.equal(await tx.inbox.accept('c', { id: name, expires: 1e15 }), true)
          assert.equal((await tx.read('b')).version > 0, true)
        })
      await joined(write('pg'))
      await orm.transaction((tx) =>
        write('drizzle')({ query: (text, values) => tx.execute(sql(...template(text, values))) }),
      )
      assert.equal((await store.read('b')).version, 2)
      assert.deepEqual(
        (await store.documents('d').list()).map(({ id }) => id),
        ['drizzle', 'pg'],
      )
      assert.equal((await store.timers({ owner: 'o' })).length, 2)
      assert.equal((await store.leases.acquire('l', 'h', 1_000))?.token, 1)
    })

    test(`holds a broker that tells its readers: ${schema}`, async () => {
      const broker = await postgres(place.url, { schema }).openBroker()
      try {
        await broker.ensureTopic('t', { partitions: 2 })
        const { promise, resolve } = Promise.withResolvers<string>()
        await broker.subscribe({ group: 'g', topics: ['t'] }, async (messages, { ack }) => {
          for (const message of messages) ack(message)
          resolve(messages[0]?.id ?? '')
        })
        await broker.publish('t', [{ id: 'm', key: 'k', headers: {}, value: '{}' }])
        assert.equal(await promise, 'm')
      } finally {
        await broker.close()
      }
    })
  }

  async function opened(schema: string) {
    const store = await postgres(place.url, { schema }).openStore()
    return { ...store, [Symbol.asyncDispose]: () => store.close() }
  }
})
