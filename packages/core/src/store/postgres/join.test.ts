import assert from 'node:assert/strict'
import { AsyncLocalStorage } from 'node:async_hooks'
import { describe, test } from 'node:test'
import pg from 'pg'
import { testDatabase, withoutPostgres } from '../../../../../scripts/postgres/server.mjs'
import type { JoinClient } from '../join-client.ts'
import { memoryStoreEngine } from '../memory/index.ts'
import type { Tx } from '../transaction.ts'
import { withPg } from './fixtures/in-transaction.ts'
import { placed, usersPlace } from './fixtures/users-place.ts'
import { postgresStoreEngine } from './index.ts'

const skip = withoutPostgres()
const outside = AsyncLocalStorage.snapshot()

describe('a transaction of the user', { skip }, async () => {
  if (skip) return
  const place = await usersPlace()
  const { pool, store, shipped } = place
  const inTransaction = withPg(pool)

  test('what a join missed throws, undoes that join alone, and is not run again', async () => {
    await store.append('contended', [placed('c-1')])
    let runs = 0
    await inTransaction(async (client, run) => {
      await run("INSERT INTO shipped VALUES ('before')")
      await store.join(client, (tx) => tx.append('beside', [placed('c-2')]))
      const behind = store.join(client, async (tx) => {
        runs++
        await tx.append('contended', [placed('c-3')], { expect: 'none' })
      })
      await assert.rejects(behind, { code: 'ConcurrencyError', actual: 1 })
      const overtaken = store.join(client, async (tx) => {
        runs++
        await tx.append('contended', [placed('c-4')], { expect: 1 })
        await aside(() => store.append('contended', [placed('c-5')]))
      })
      await assert.rejects(overtaken, { code: 'ConcurrencyError', actual: 2 })
    })
    assert.equal(runs, 2)
    assert.deepEqual(await shipped(), ['before'])
    assert.equal((await store.read('beside')).version, 1)
    assert.equal((await store.read('contended')).version, 2)
  })

  test('a join that the server refuses leaves the transaction of the user as it was', async () => {
    await pool.query("ALTER TABLE eventwright.eventwright_documents ADD CHECK (collection <> 'refused')")
    await inTransaction(async (client, run) => {
      await store.join(client, (tx) => tx.append('kept', [placed('k-1')]))
      const refused = store.join(client, async (tx) => {
        await tx.append('undone', [placed('k-2')])
        tx.documents('refused').put('n-1', {})
      })
      await assert.rejects(refused, { code: '23514' })
      await run("INSERT INTO shipped VALUES ('after a refusal')")
    })
    assert.ok((await shipped()).includes('after a refusal'))
    assert.equal((await store.read('kept')).version, 1)
    assert.equal((await store.read('undone')).version, 0)
  })

  test('the same ids again are a duplicate, and write nothing', async () => {
    const again = () =>
      inTransaction((client) => store.join(client, (tx) => tx.append('twice', [placed('t-1')])))
    assert.equal((await again()).duplicate, false)
    assert.equal((await again()).duplicate, true)
    assert.equal((await store.read('twice')).version, 1)
  })

  test('readers see nothing before the commit, pass it at no position, and skip nothing after it', async () => {
    const before = await store.head()
    const seen: string[] = []
    let at = before
    const read = async () => {
      const { events, examined } = await store.readAll({ after: at })
      seen.push(...events.map(({ id }) => id))
      at = examined
    }
    let told = Promise.withResolvers<void>()
    const stop = store.onCommit(() => told.resolve())
    await inTransaction(async (client) => {
      await store.join(client, (tx) => tx.append('open', [placed('o-1')]))
      await store.append('others', [placed('o-2')])
      await read()
      assert.equal(await store.head(), before)
      assert.deepEqual(seen, [])
      told = Promise.withResolvers()
    })
    await told.promise
    stop()
    await read()
    assert.deepEqual(seen, ['o-1', 'o-2'])
  })

  test('nothing is written where there is no transaction that could be joined', async (t) => {
    const join = (client: JoinClient) => store.join(client, (tx) => tx.append('nowhere', [placed('n-1')]))
    const client = new pg.Client(place.url)
    t.after(() => client.end())
    await client.connect()
    await assert.rejects(join(client), { code: 'CannotJoin', message: /BEGIN one first/ })
    await client.query('BEGIN ISOLATION LEVEL REPEATABLE READ')
    await assert.rejects(join(client), { code: 'CannotJoin', message: /READ COMMITTED/ })
    await client.query('SELECT 1')
    await client.query('ROLLBACK')

    const elsewhere = await testDatabase()
    const stranger = new pg.Client(elsewhere.url)
    await stranger.connect()
    await stranger.query('BEGIN')
    await assert.rejects(join(stranger), { code: 'CannotJoin', message: /another database/ })
    await stranger.end()
    const copy = await postgresStoreEngine(elsewhere.url).openStore()
    await copy.close()
    const other = new pg.Client(elsewhere.url)
    await other.connect()
    await other.query('BEGIN')
    await assert.rejects(join(other), { code: 'CannotJoin', message: /another database/ })
    await other.end()
    await elsewhere.drop()

    const inMemory = await memoryStoreEngine().openStore()
    await assert.rejects(
      inMemory.join(client, () => {}),
      { code: 'CannotJoin', message: /only a store in PostgreSQL/ },
    )
    await inMemory.close()
    assert.equal((await store.read('nowhere')).version, 0)
  })

  test('joins that are begun at once on one client undo nothing of each other, one inside another included', async () => {
    const other = await postgresStoreEngine(place.url, { schema: 'other' }).openStore()
    const failing = async (tx: Tx) => {
      await tx.append('at-once', [placed('undone')])
      throw new Error('no')
    }
    await inTransaction(async (client) => {
      const joins = [
        store.join(client, (tx) => tx.append('at-once', [placed('first')])),
        store.join(client, failing),
        store.join(client, async (tx) => {
          await tx.append('at-once', [placed('last')])
          await Promise.all(['x', 'y'].map((id) => other.join(client, (tx) => tx.append(id, [placed(id)]))))
        }),
      ]
      const told = await Promise.allSettled(joins)
      assert.deepEqual(
        told.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled'],
      )
    })
    assert.deepEqual(
      (await store.read('at-once')).events.map(({ id }) => id),
      ['first', 'last'],
    )
    assert.equal((await other.readAll()).events.length, 2)
    await other.close()
  })

  test('a join whose work does not await its tx is refused, and its client goes on', async () => {
    await inTransaction(async (client) => {
      const work = (tx: Tx): void => void tx.append('forgotten', [placed('f-1')])
      await assert.rejects(store.join(client, work), { code: 'TxEnded' })
      await store.join(client, (tx) => tx.append('forgotten', [placed('f-2')]))
    })
    assert.deepEqual(
      (await store.read('forgotten')).events.map(({ id }) => id),
      ['f-2'],
    )
  })

  test('a client that is none, and a transaction that takes nothing more, are named', async () => {
    const join = (client: JoinClient) => store.join(client, (tx) => tx.append('never', [placed('n-1')]))
    // As a caller without types may.
    await assert.rejects(join(JSON.parse('{}')), { code: 'CannotJoin', message: /give the client/ })
    await inTransaction(async (client) => {
      await client.query('SAVEPOINT before', [])
      await assert.rejects(async () => client.query('SELECT 1 / 0', []))
      await assert.rejects(join(client), { code: 'CannotJoin', message: /ROLLBACK it, and begin again/ })
      await client.query('ROLLBACK TO before', [])
      await client.query('SET TRANSACTION READ ONLY', [])
      await assert.rejects(join(client), { code: 'CannotJoin', message: /it is READ ONLY/ })
    })
    assert.equal((await store.read('never')).version, 0)
  })

  test('inside a join the store itself is refused, and its tx after it', async () => {
    let kept: Tx | undefined
    await inTransaction(async (client) => {
      await store.join(client, async (tx) => {
        kept = tx
        await assert.rejects(store.append('inside', [placed('i-1')]), { code: 'UseTxError' })
        await assert.rejects(
          store.join(client, () => {}),
          { code: 'UseTxError' },
        )
      })
    })
    await assert.rejects(async () => kept?.append('inside', [placed('i-1')]), { code: 'TxEnded' })
  })
})

/** As one who is not inside of the unit of work that calls it. */
const aside = <Result>(work: () => Promise<Result>): Promise<Result> =>
  new Promise((resolve, reject) => outside(() => work().then(resolve, reject)))
