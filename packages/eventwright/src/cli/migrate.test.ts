import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { after, test } from 'node:test'
import { postgres } from '@eventwright/core/postgres'
import { sqlite } from '@eventwright/core/sqlite'
import pg from 'pg'
import { testDatabase, withoutPostgres } from '../../../../scripts/postgres/server.mjs'
import { eventwright } from './fixtures/one-process.ts'

const skip = withoutPostgres()
const folder = mkdtempSync(join(tmpdir(), 'eventwright-migrate-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const migrate = (url: string, ...args: readonly string[]) => eventwright(['migrate', '--store', url, ...args])
const versionsIn = (stdout: string) =>
  JSON.parse(stdout).flatMap(({ tables }: { tables: { name: string; from: number; to: number }[] }) =>
    tables.map(({ name, from, to }) => `${name} ${from}-${to}`),
  )

test('a file is said to miss its tables, is not made for that, and has them afterwards', async () => {
  const file = join(folder, 'shop.db')
  const before = await migrate(`sqlite:${file}`, '--dry-run')
  assert.equal(before.code, 1)
  assert.match(before.stdout, /: store at version 0, 2 is missing; broker at version 0, \d+ is missing\n$/)
  assert.ok(!existsSync(file))
  const done = await migrate(`sqlite:${file}`)
  assert.equal(done.code, 0)
  assert.match(done.stdout, /: store brought from version 0 to 2; broker brought from version 0 to \d+\n$/)
  const again = await migrate(`sqlite:${file}`, '--sql')
  assert.equal(again.stdout, `-- sqlite:${file}: nothing is missing\n`)
  assert.equal(again.code, 0)
})

test('a broker in a place of its own is upgraded there, and gets no tables beside the store', async () => {
  const store = `sqlite:${join(folder, 'orders.db')}`
  const broker = `sqlite:${join(folder, 'broker.db')}`
  assert.deepEqual(versionsIn((await migrate(store, '--broker', broker, '--json')).stdout), [
    'store 0-2',
    'broker 0-1',
  ])
  const alone = await migrate(store, '--dry-run')
  assert.equal(alone.stdout, `${store}: store at version 2, nothing to do\n`)
  assert.match(alone.stderr, /name its place as well, with --broker/)
  assert.equal(alone.code, 0)
  assert.equal((await migrate(store, '--broker', broker, '--dry-run')).code, 0)
  const ofKafka = await migrate(store, '--broker', 'kafka://127.0.0.1:1', '--dry-run')
  assert.deepEqual([ofKafka.code, ofKafka.stderr], [0, ''])
})

test('the SQL that is printed for a file counts as applied, and a store lives in what it made', async () => {
  const file = join(folder, 'by-hand.db')
  const { stdout, code } = await migrate(`sqlite:${file}`, '--sql')
  assert.equal(code, 1)
  const database = new DatabaseSync(file)
  database.exec(stdout)
  database.close()
  assert.match((await migrate(`sqlite:${file}`)).stdout, /nothing to do; .*nothing to do\n$/)
  const store = await sqlite(file).openStore()
  assert.equal((await store.append('a', [{ type: 'Happened', data: {} }])).position, 1)
  await store.close()
})

test('the SQL that is printed for PostgreSQL counts as applied, and serves a role that may only use it', {
  skip,
}, async (t) => {
  const place = await testDatabase()
  const role = `${new URL(place.url).pathname.slice(1)}_app`
  const owner = new pg.Client(place.url)
  await owner.connect()
  t.after(async () => {
    await owner.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`)
    await owner.end()
    await place.drop()
  })
  const url = `${place.url}?schema=Orders+of+1`
  const { stdout, code } = await migrate(url, '--sql')
  assert.equal(code, 1)
  assert.doesNotMatch(stdout, new RegExp(new URL(place.url).password))
  await owner.query(stdout)
  assert.deepEqual(versionsIn((await migrate(url, '--json')).stdout), ['store 1-1', 'broker 1-1'])

  await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD 'of the app'; GRANT USAGE ON SCHEMA "Orders of 1" TO ${role};
    GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA "Orders of 1" TO ${role};
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA "Orders of 1" TO ${role}`)
  const asRole = new URL(url)
  asRole.username = role
  asRole.password = 'of the app'
  const store = await postgres(asRole.href).openStore()
  assert.equal((await store.append('a', [{ type: 'Happened', data: {} }])).position, 1)
  await store.close()

  asRole.searchParams.set('schema', 'another')
  const refused = await migrate(asRole.href)
  assert.equal(refused.code, 4)
  assert.match(refused.stderr, /this role may not make them .*permission denied.*migrate --sql/)

  await owner.query(`ALTER ROLE ${role} SET default_transaction_read_only = on;
    GRANT CREATE ON DATABASE ${new URL(place.url).pathname.slice(1)} TO ${role}`)
  const onlyReads = await migrate(asRole.href)
  assert.equal(onlyReads.code, 4)
  assert.match(onlyReads.stderr, /another: it can only be read: default_transaction_read_only is on/)
  assert.equal((await migrate(asRole.href, '--dry-run')).code, 1)
})

test('tables are brought up to date where the broker is another, and only those', { skip }, async (t) => {
  const place = await testDatabase()
  t.after(() => place.drop())
  const store = `${place.url}?schema=one`
  const dry = await migrate(store, '--broker', `${place.url}?schema=two`, '--dry-run', '--json')
  assert.deepEqual(versionsIn(dry.stdout), ['store 0-1', 'broker 0-1'])
  assert.equal(dry.code, 1)
  assert.match(
    (await migrate(store, '--broker', 'kafka://one:9092')).stdout,
    /store brought from version 0 to 1\n$/,
  )
  assert.deepEqual(versionsIn((await migrate(store, '--dry-run', '--json')).stdout), ['store 1-1'])
})

test('what has no tables, and a place that cannot be reached, is said in one line', async () => {
  const memory = await migrate('memory:')
  assert.equal(memory.code, 3)
  assert.match(memory.stderr, /memory: has no tables/)
  const nobody = await migrate('postgres://me:hunter2@127.0.0.1:1/shop')
  assert.equal(nobody.code, 4)
  assert.match(nobody.stderr, /cannot open postgres:\/\/127\.0\.0\.1:1\/shop: it does not answer/)
  assert.doesNotMatch(nobody.stderr, /hunter2/)
})
