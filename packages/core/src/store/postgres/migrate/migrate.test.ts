import assert from 'node:assert/strict'
import { after, test } from 'node:test'
import { testDatabase, withoutPostgres } from '../../../../../../scripts/postgres/server.mjs'
import type { EventStore } from '../../event-store.ts'
import { openStore } from '../../open.ts'
import { openPostgres } from '../database/open.ts'
import type { PostgresOptions } from '../database/options.ts'
import type { PostgresDatabase } from '../database.ts'
import { postgresEngine } from '../engine.ts'
import { epochOf } from '../load.ts'
import type { PostgresMigration } from '../migration.ts'
import { storeMigrations } from '../migrations.ts'
import { tablesOf } from '../tables.ts'
import { concurrentIndexes } from './index-step.ts'
import { migrate } from './migrate.ts'
import { upgradePostgres } from './upgrade.ts'

const skip = withoutPostgres()
const place = skip ? undefined : await testDatabase()
after(() => place?.drop())
let schemas = 0
const freshUrl = () => `${place?.url}?schema=upgrade_${++schemas}`

const known = storeMigrations.at(-1)?.version ?? 0
/** What releases to come may add: a column and a table, then an index on what is there. */
const next: readonly PostgresMigration[] = [
  ...storeMigrations,
  {
    version: known + 1,
    sql: `ALTER TABLE eventwright_events ADD COLUMN note text NOT NULL DEFAULT 'none';
          CREATE TABLE eventwright_notes (position bigint PRIMARY KEY)`,
  },
]
const afterNext: readonly PostgresMigration[] = [
  ...next,
  {
    version: known + 2,
    indexesOnly: true,
    sql: `-- Of a column that is there.
          CREATE INDEX eventwright_events_type ON eventwright_events (type);
          CREATE UNIQUE INDEX eventwright_events_twice ON eventwright_events (stream, version) WHERE version > 0;`,
  },
]

/** A store as a release has it that knows these steps. */
async function release(
  url: string,
  migrations: readonly PostgresMigration[],
  options: PostgresOptions = {},
): Promise<EventStore> {
  const database = await openPostgres(url, options)
  try {
    await migrate(database, 'store', migrations)
    return openStore(postgresEngine(database, await epochOf(database, tablesOf(database))))
  } catch (error) {
    await database.close()
    throw error
  }
}

test('tables are upgraded while a release writes to them, which goes on beside the next one', {
  skip,
}, async () => {
  const url = freshUrl()
  const old = await release(url, storeMigrations)
  const stores = [old]
  let busy = true
  const appended: string[] = []
  const write = async (writer: number): Promise<void> => {
    for (let n = 0; busy; n++) {
      const store = stores[n % stores.length] ?? old
      const { events } = await store.append(`${writer}`, [{ type: 'Happened', data: { n } }], {
        expect: n === 0 ? 'none' : n,
      })
      appended.push(events[0]?.id ?? '')
    }
  }
  const seen: string[] = []
  let examined = 0
  const read = async (): Promise<void> => {
    const slice = await old.readAll({ after: examined })
    seen.push(...slice.events.map(({ id }) => id))
    examined = slice.examined
  }
  const reading = (async () => {
    while (busy) await read()
  })()
  const writing = [1, 2, 3, 4].map(write)
  try {
    for (const steps of [next, afterNext]) {
      stores.push(...(await Promise.all([1, 2].map((max) => release(url, steps, { max })))))
      // A release behind is deployed, or its process starts again, in the middle of it.
      if (steps === next) stores.push(await release(url, storeMigrations, { max: 3 }))
      const so = appended.length
      while (appended.length < so + 20) await Promise.race([...writing, new Promise(setImmediate)])
    }
  } finally {
    busy = false
  }
  await Promise.all([...writing, reading])
  await read()
  assert.deepEqual([...seen].sort(), [...appended].sort())
  for (const store of stores) await store.close()
})

test('processes that start at once upgrade one after the other, each step once', { skip }, async () => {
  const url = freshUrl()
  for (const steps of [storeMigrations, next, afterNext]) {
    const started = await Promise.all([1, 2, 3, 4].map((max) => release(url, steps, { max })))
    for (const store of started) await store.close()
  }
})

test('of those that upgrade at once one says that it did, and the others that nothing was left to do', {
  skip,
}, async () => {
  const url = freshUrl()
  for (const migrations of [storeMigrations, next, afterNext]) {
    const to = migrations.at(-1)?.version ?? 0
    const sets = [{ name: 'store', migrations }] as const
    const before = await upgradePostgres(url, {}, sets, { dryRun: true })
    const told = await Promise.all([1, 2, 3].map((max) => upgradePostgres(url, { max }, sets)))
    const [did, ...others] = told.toSorted((a, b) => b.sql.length - a.sql.length)
    assert.deepEqual(did, before)
    for (const other of others)
      assert.deepEqual(other, { tables: [{ name: 'store', from: to, to }], sql: '' })
  }
})

test('indexes that another process built first are not told as built', { skip }, async () => {
  const database = await openPostgres(freshUrl())
  assert.equal(await migrate(database, 'store', next), 0)
  let others: Promise<number> | undefined
  const overtaken: PostgresDatabase = {
    ...database,
    async transaction(work, settings) {
      const result = await database.transaction(work, settings)
      others ??= migrate(database, 'store', afterNext)
      await others
      return result
    },
  }
  assert.equal(await migrate(overtaken, 'store', afterNext), known + 2)
  assert.equal(await others, known + 1)
  await database.close()
})

test('tables of one release ahead are used, and of two refused', { skip }, async () => {
  const url = freshUrl()
  await (await release(url, next)).close()
  const store = await release(url, storeMigrations)
  assert.equal((await store.append('a', [{ type: 'Happened', data: {} }])).version, 1)
  await store.close()
  await (await release(url, afterNext)).close()
  await assert.rejects(release(url, storeMigrations), {
    code: 'SchemaTooNew',
    message: /update @eventwright\/core/,
  })
  await (await release(url, next)).close()
})

test('a role that may not change tables goes on with those of the release before, not with older ones or none', {
  skip,
}, async () => {
  const url = freshUrl()
  const schema = new URL(url).searchParams.get('schema')
  const role = `role_${new URL(url).pathname.slice(1)}`
  const owner = await openPostgres(url)
  await (await release(url, storeMigrations)).close()
  await owner.transaction(({ exec }) =>
    exec(`CREATE ROLE ${role} LOGIN PASSWORD 'app'; GRANT USAGE ON SCHEMA ${schema} TO ${role};
      GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role};
      GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${schema} TO ${role}`),
  )
  const asRole = new URL(url)
  asRole.username = role
  asRole.password = 'app'
  const store = await release(asRole.href, next)
  assert.equal((await store.append('a', [{ type: 'Happened', data: {} }])).version, 1)
  await store.close()
  const refused = (why: RegExp) => ({ code: 'CannotOpenDatabase', message: why })
  await assert.rejects(release(asRole.href, afterNext), refused(/may not change them .*migrate --sql/))
  asRole.searchParams.set('schema', 'absent')
  await assert.rejects(release(asRole.href, storeMigrations), refused(/may not make them .*migrate --sql/))
  await owner.transaction(({ exec }) => exec(`DROP OWNED BY ${role}; DROP ROLE ${role}`))
  await owner.close()
})

test('an index whose build was cut off is built anew', { skip }, async () => {
  const url = freshUrl()
  const database = await openPostgres(url)
  await migrate(database, 'store', next)
  await database.write(
    `CREATE INDEX eventwright_events_type ON ${database.schema}.eventwright_events (version)`,
  )
  await database.write(
    `UPDATE pg_index SET indisvalid = false WHERE indexrelid = '${database.schema}.eventwright_events_type'::regclass`,
  )
  await migrate(database, 'store', afterNext)
  const [index] = await database.rows<{ valid: boolean; told: string }>(
    `SELECT indisvalid AS valid, pg_get_indexdef(indexrelid) AS told FROM pg_index
     WHERE indexrelid = '${database.schema}.eventwright_events_type'::regclass`,
  )
  assert.equal(index?.valid, true)
  assert.match(index?.told ?? '', /\(type\)$/)
  await database.close()
})

test('steps of indexes hold nothing else, and a schema of another origin is left alone', {
  skip,
}, async () => {
  for (const step of storeMigrations) if (step.indexesOnly) concurrentIndexes(step, 's')
  assert.throws(() => concurrentIndexes({ version: 3, sql: 'DROP INDEX x' }, 's'), /more than indexes/)
  const url = freshUrl()
  const database = await openPostgres(url)
  await database.write(`CREATE SCHEMA ${database.schema}`)
  await database.write(`CREATE TABLE ${database.schema}.eventwright_events (theirs int)`)
  await assert.rejects(migrate(database, 'store', storeMigrations), {
    code: 'CannotOpenDatabase',
    message: /another origin/,
  })
  assert.deepEqual(
    await database
      .rows('SELECT 1 FROM pg_tables WHERE schemaname = $1', [database.schema.replaceAll('"', '')])
      .then(({ length }) => length),
    1,
  )
  await database.close()
})
