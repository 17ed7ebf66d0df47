import assert from 'node:assert/strict'
import { Socket } from 'node:net'
import process from 'node:process'
import { after, test } from 'node:test'
import pg from 'pg'
import { testDatabase, withoutPostgres } from '../../../../../scripts/postgres/server.mjs'
import { openPostgres, sqlState } from './index.ts'

const skip = withoutPostgres()
const place = skip ? undefined : await testDatabase()
const url = place?.url ?? ''
after(() => place?.drop())

test('int8 comes as a number and JSON as its text, whatever the program has told pg', { skip }, async () => {
  const { INT8, JSON: JSON_TYPE } = pg.types.builtins
  const before = [INT8, JSON_TYPE].map((oid) => [oid, pg.types.getTypeParser(oid)] as const)
  pg.types.setTypeParser(INT8, (text) => BigInt(text))
  pg.types.setTypeParser(JSON_TYPE, () => 'of the program')
  const database = await openPostgres(url)
  try {
    const sql = `SELECT 9007199254740991::int8 AS most, '{"a" : 1}'::json AS json, '[1]'::jsonb AS jsonb,
      '{1,NULL,-3}'::int8[] AS many, '{}'::int8[] AS none, $1::text AS text`
    const expected = { most: 2 ** 53 - 1, json: '{"a" : 1}', jsonb: '[1]', many: [1, null, -3], none: [] }
    assert.deepEqual(await database.rows(sql, ['é']), [{ ...expected, text: 'é' }])
    await assert.rejects(database.rows('SELECT 9007199254740992::int8'), /beyond 2\^53/)
    const client = new pg.Client(url)
    await client.connect()
    assert.equal((await client.query('SELECT 1::int8 AS n')).rows[0].n, 1n)
    await client.end()
  } finally {
    for (const [oid, parse] of before) pg.types.setTypeParser(oid, parse)
    await database.close()
  }
})

test('all that was sent behind a statement that failed tells of that one', { skip }, async () => {
  const database = await openPostgres(url)
  const behind = database.transaction(async ({ rows }) => {
    const answers = ['SELECT 1 / 0', 'SELECT 2'].map((text) => rows(text))
    await answers[0]?.catch(() => {})
    await answers[1]
  })
  await assert.rejects(behind, (error) => sqlState(error) === '22012')
  await database.close()
})

test('statements are prepared once a connection, and not at all behind a pooler that forgets them', {
  skip,
}, async () => {
  for (const [at, prepared] of [
    [url, 2],
    [`${url}?prepare=false`, 0],
  ] as const) {
    const database = await openPostgres(at, { max: 1 })
    const count = "SELECT count(*) AS n FROM pg_prepared_statements WHERE name LIKE 'eventwright%'"
    await database.rows('SELECT 1')
    await database.rows('SELECT 1')
    await database.rows(count)
    const [row] = await database.rows<{ n: number }>(count)
    assert.equal(Math.min(row?.n ?? 0, 2), prepared)
    await database.close()
  }
})

test('what a transaction asks in one go leaves in one piece', { skip }, async () => {
  let pieces = 0
  class Counting extends Socket {
    override _write(...given: Parameters<Socket['_write']>): void {
      pieces++
      super._write(...given)
    }
    override _writev(...given: Parameters<NonNullable<Socket['_writev']>>): void {
      pieces++
      super._writev?.(...given)
    }
  }
  const pool = new pg.Pool({ connectionString: url, max: 1, pipeline: true, stream: () => new Counting() })
  const database = await openPostgres(pool)
  await database.transaction(async ({ rows, exec }) => {
    pieces = 0
    await Promise.all([rows('SELECT 1'), exec('SELECT 2; SELECT 3'), rows('SELECT $1::int', [4])])
    assert.equal(pieces, 1)
  })
  await database.close()
  await pool.end()
})

test('a transaction is rolled back where its work throws, and where it swallows what failed', {
  skip,
}, async () => {
  const database = await openPostgres(url)
  await database.write('CREATE TABLE kept (n int PRIMARY KEY DEFERRABLE INITIALLY DEFERRED)')
  const insert = 'INSERT INTO kept VALUES ($1)'
  const kept = async () =>
    (await database.rows<{ n: number }>('SELECT n FROM kept ORDER BY n')).map(({ n }) => n)

  assert.equal(await database.transaction(async ({ rows }) => (await rows(insert, [1])).length), 0)
  await assert.rejects(
    database.transaction(async ({ rows }) => {
      await rows(insert, [2])
      throw new Error('of the work')
    }),
    /of the work/,
  )
  await assert.rejects(
    database.transaction(async ({ rows }) => {
      await rows(insert, [3])
      await rows('SELECT 1 / 0').catch(() => {})
    }),
    /rolled back/,
  )
  const late = await database.transaction(({ rows }) => rows(insert, [1])).catch((error: unknown) => error)
  assert.equal(sqlState(late), '23505')
  assert.deepEqual(await kept(), [1])

  const asked = await database.transaction(({ rows, exec }) =>
    Promise.all([rows(insert, [4]), exec('SELECT 1; SELECT 2'), rows('SELECT n FROM kept WHERE n = 4')]),
  )
  assert.deepEqual(asked[2], [{ n: 4 }])
  await database.close()
})

test('a transaction waits for a lock as long as it says, in READ COMMITTED, and writes where the role only reads by default', {
  skip,
}, async () => {
  const database = await openPostgres(url)
  const lock = 'SELECT pg_advisory_xact_lock(7)'
  const other = Promise.withResolvers<void>()
  const locked = Promise.withResolvers<void>()
  const holding = database.transaction(async ({ exec }) => {
    await exec(lock)
    locked.resolve()
    await other.promise
  })
  await locked.promise
  const waited = database.transaction(({ exec }) => exec(lock), { lockTimeout: 20 })
  await assert.rejects(waited, (error) => sqlState(error) === '55P03')
  const cancelled = database.transaction(({ rows }) =>
    Promise.all([rows('SET LOCAL statement_timeout = 1'), rows('SELECT pg_sleep(60)')]),
  )
  await assert.rejects(cancelled, { code: 'StorageFailed', message: /longer than `answerTimeout`/ })
  other.resolve()
  await holding
  await database.transaction(async ({ rows }) => {
    assert.deepEqual(await rows('SHOW transaction_isolation'), [{ transaction_isolation: 'read committed' }])
    assert.deepEqual(await rows('SHOW transaction_read_only'), [{ transaction_read_only: 'off' }])
  })
  await database.close()
})

test('all that open one URL in a process share its pool, and one that is closed twice harms no other', {
  skip,
}, async () => {
  const [one, other, apart] = await Promise.all([
    openPostgres(url, { max: 1 }),
    openPostgres(`${url}?schema=other`, { max: 1 }),
    openPostgres(url.replace('127.0.0.1', 'localhost')),
  ])
  const pid = 'SELECT pg_backend_pid() AS pid'
  assert.deepEqual(await one.rows(pid), await other.rows(pid))
  assert.notDeepEqual(await one.rows(pid), await apart.rows(pid))
  assert.equal(one.resource, apart.resource)
  assert.notEqual(one.resource, other.resource)
  assert.match(other.url, /\?schema=other$/)
  await one.close()
  await one.close()
  assert.equal((await other.rows(pid)).length, 1)
  await Promise.all([other.close(), apart.close()])
})

test("a pool of the user's is used and stays theirs, with one connection too", { skip }, async () => {
  const warnings: string[] = []
  const warned = ({ message }: Error): number => warnings.push(message)
  process.on('warning', warned)
  const pool = new pg.Pool({ connectionString: url, max: 1 })
  const database = await openPostgres(pool, { schema: 'of "mine"' })
  assert.equal(database.schema, '"of ""mine"""')
  const heard = Promise.withResolvers<string>()
  const gaps = Promise.withResolvers<void>()
  database.listen('news', (payload) => (payload === undefined ? gaps.resolve() : heard.resolve(payload)))
  await gaps.promise
  const tell = setInterval(() => database.rows("SELECT pg_notify('news', 'told')"), 50)
  assert.equal(await heard.promise, 'told')
  clearInterval(tell)
  const both = await database.transaction(({ rows }) =>
    Promise.all([1, 2, 3].map((n) => rows<{ n: number }>('SELECT $1::int AS n', [n]))),
  )
  assert.deepEqual(both, [[{ n: 1 }], [{ n: 2 }], [{ n: 3 }]])
  await new Promise(setImmediate)
  process.off('warning', warned)
  assert.deepEqual(warnings, [])
  await database.close()
  assert.equal((await pool.query('SELECT 1 AS n')).rows[0].n, 1)
  await pool.end()
})
