import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import pg from 'pg'
import { withoutPostgres } from '../../../../../scripts/postgres/server.mjs'
import { openPostgres } from './database/open.ts'
import { type FreshStores, freshStores } from './fixtures/fresh.ts'

const skip = withoutPostgres()
let stores: FreshStores

before(async () => {
  if (!skip) stores = await freshStores(18)
})
after(async () => {
  if (!skip) await stores.drop()
})

test('streams that are read at once are each read as alone', { skip, timeout: 60_000 }, async () => {
  const { engine, dispose } = stores.take()
  const store = await engine.openStore()
  for (const [stream, events] of [
    ['a', 5],
    ['b', 1],
    ['c "x"', 30],
  ] as const) {
    const written = Array.from({ length: events }, (_, n) => ({ type: 'Happened', data: { stream, n } }))
    await store.append(stream, written)
  }
  await store.append('a', [{ type: 'Happened', data: {} }], { tenant: 'other' })
  const ranges = [{ limit: 3 }, { from: 3, limit: 10 }, { from: 2, to: 4, limit: 100 }, { limit: 0 }]
  const asked = ['a', 'b', 'c "x"', 'none'].flatMap((stream) =>
    ['', 'other'].flatMap((tenant) => ranges.map((range) => () => store.read(stream, { ...range, tenant }))),
  )
  const together = await Promise.all(asked.map((ask) => ask()))
  for (const [at, ask] of asked.entries()) assert.deepEqual(together[at], await ask())
  await store.close()
  await dispose()
})

for (const pipeline of [true, false]) {
  const kind = pipeline ? 'a pool of our own' : "a user's pool"
  test(`what is asked at once of ${kind} answers and fails each by itself, and gives connections back`, {
    skip,
    timeout: 60_000,
  }, async () => {
    const { url, dispose } = stores.take()
    const plain = new URL(url)
    plain.searchParams.delete('schema')
    const pool = new pg.Pool({ connectionString: plain.href, max: 1 })
    const database = await openPostgres(pipeline ? url : pool, { max: 1 })
    for (let round = 0; round < 3; round++) {
      const ends = await Promise.allSettled([
        database.atOnce('SELECT 1 AS n'),
        database.atOnce('SELECT 1 / $1::int AS n', [0]),
        database.atOnce('SELECT $1::int AS n', [3]),
      ])
      assert.deepEqual(
        ends.map((end) => (end.status === 'fulfilled' ? end.value : end.status)),
        [[{ n: 1 }], 'rejected', [{ n: 3 }]],
      )
    }
    await database.close()
    await pool.end()
    await dispose()
  })
}
