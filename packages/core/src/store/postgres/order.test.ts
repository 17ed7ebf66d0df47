import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { testDatabase, withoutPostgres } from '../../../../../scripts/postgres/server.mjs'
import type { EventStore } from '../index.ts'
import { openPostgres } from './database/open.ts'
import type { PostgresDatabase, PostgresSession } from './database.ts'
import { appendInto, openTransaction } from './fixtures/open-append.ts'
import { readLog } from './log.ts'
import { settled } from './settled.ts'
import { postgresStoreEngine } from './store-engine.ts'
import { tablesOf } from './tables.ts'

const event = { type: 'Happened', data: {} }

describe('the order of the log on PostgreSQL', { skip: withoutPostgres() }, () => {
  let test1: Awaited<ReturnType<typeof testDatabase>>
  let schemas = 0
  before(async () => {
    test1 = await testDatabase()
  })
  after(() => test1.drop())

  async function opened(): Promise<{ store: EventStore; database: PostgresDatabase; url: string }> {
    const url = `${test1.url}?schema=order_${++schemas}`
    const store = await postgresStoreEngine(url).openStore()
    return { store, database: await openPostgres(url), url }
  }

  async function closing(parts: { store: EventStore; database: PostgresDatabase }): Promise<void> {
    await parts.store.close()
    await parts.database.close()
  }

  async function heldUntil(ending: 'commit' | 'roll back'): Promise<void> {
    const parts = await opened()
    const { store, database } = parts
    await store.append('before', [event])
    const bound = await store.head()
    const open = await openTransaction(database, (session) => appendInto(session, database, ['open']))
    await store.append('later', [event, event])
    assert.equal(await store.head(), bound)
    const held = await store.readAll()
    assert.deepEqual(
      held.events.map(({ stream }) => stream),
      ['before'],
    )
    assert.equal(held.examined, bound)
    const backward = await store.readAll({ direction: 'backward' })
    assert.deepEqual(backward.events, held.events)
    await open.end(ending)
    const rest = await store.readAll({ after: held.examined })
    const first = ending === 'commit' ? ['open'] : []
    assert.deepEqual(
      rest.events.map(({ stream }) => stream),
      [...first, 'later', 'later'],
    )
    assert.equal(rest.examined, await store.head())
    await closing(parts)
  }

  test('no reader passes an append that is open, until it commits', () => heldUntil('commit'))

  test('no reader passes an append that is open, until it is rolled back', () => heldUntil('roll back'))

  test('an append of nothing but the first holds the bound at 0', async () => {
    const parts = await opened()
    const { store, database } = parts
    const open = await openTransaction(database, (session) => appendInto(session, database, ['open']))
    await store.append('later', [event])
    assert.deepEqual(await store.readAll(), { events: [], examined: 0 })
    await open.end('commit')
    assert.equal((await store.readAll()).events.length, 2)
    await closing(parts)
  })

  test('an append is announced before it takes its positions, however late these come', async () => {
    const parts = await opened()
    const { store, database } = parts
    await store.append('before', [event])
    const bound = await store.head()
    const overtaken = once(() => store.append('overtaking', [event]))
    const open = await openTransaction(database, (session) =>
      appendInto(slowed(session, overtaken), database, ['open']),
    )
    assert.equal(await store.head(), bound)
    await open.end('commit')
    const { events } = await store.readAll({ after: bound })
    assert.deepEqual(events.map(({ stream }) => stream).toSorted(), ['open', 'overtaking'])
    await closing(parts)
  })

  test('rows are read after the bound, however long that takes', async () => {
    const parts = await opened()
    const { store, database } = parts
    const tables = tablesOf(database)
    await store.append('before', [event])
    const late = await openTransaction(database, (session) => appendInto(session, database, ['late']))
    await store.append('early', [event])
    const gate = await closedGate(database, tables.events)
    const query = { after: 0, before: 1_000, limit: 1_000, backward: false }
    const gated = { ...tables, events: gate.events }
    const reading = readLog(database, gated, query, () => settled(database, store.url, gated))
    await gate.reached()
    await late.end('commit')
    await gate.open()
    const first = await reading
    const rest = await store.readAll({ after: first.examined })
    assert.deepEqual(
      [...first.events, ...rest.events].map(({ stream }) => stream),
      ['before', 'late', 'early'],
    )
    await closing(parts)
  })

  test('transactions that write something else, and appends of other stores, hold no reader up', async () => {
    const parts = await opened()
    const other = await opened()
    const { store, database } = parts
    await store.append('a', [event])
    await database.write('CREATE TABLE IF NOT EXISTS public.anything (n int)')
    const writing = await openTransaction(database, (session) =>
      session.rows('INSERT INTO public.anything VALUES (1)'),
    )
    const appending = await openTransaction(other.database, (session) =>
      appendInto(session, other.database, ['a']),
    )
    await store.append('b', [event])
    const { events, examined } = await store.readAll()
    assert.deepEqual(
      events.map(({ stream }) => stream),
      ['a', 'b'],
    )
    assert.equal(examined, events.at(-1)?.position)
    await writing.end('commit')
    await appending.end('commit')
    await closing(parts)
    await closing(other)
  })

  test('an open append in a copy of the database, where all has the same numbers, holds no reader up', async () => {
    const source = await testDatabase()
    const name = new URL(source.url).pathname.slice(1)
    const copyUrl = new URL(source.url)
    copyUrl.pathname = `/${name}_copy`
    const admin = new pg.Client({ connectionString: source.admin })
    await admin.connect()
    const made = await postgresStoreEngine(source.url).openStore()
    await made.append('a', [event])
    await made.close()
    await admin.query(`CREATE DATABASE ${name}_copy TEMPLATE ${name}`)
    const store = await postgresStoreEngine(source.url).openStore()
    const copy = await openPostgres(copyUrl.href)
    const open = await openTransaction(copy, (session) => appendInto(session, copy, ['b']))
    await store.append('b', [event])
    assert.equal((await store.readAll()).events.length, 2)
    await open.end('roll back')
    await store.close()
    await copy.close()
    await admin.query(`DROP DATABASE ${name}_copy WITH (FORCE)`)
    await admin.end()
    await source.drop()
  })
})

/** Lets something happen behind each statement that asks for the last position, or takes the next ones. */
function slowed(session: PostgresSession, between: () => Promise<unknown>): PostgresSession {
  let last: Promise<unknown> = Promise.resolve()
  return {
    ...session,
    rows(text, values) {
      const rows = last.then(() => session.rows<never>(text, values))
      last = rows.then(() => (/last_value|nextval\([^)]*positions/.test(text) ? between() : undefined))
      return rows
    },
  }
}

function once(call: () => Promise<unknown>): () => Promise<unknown> {
  let called: Promise<unknown> | undefined
  return () => {
    called ??= call()
    return called
  }
}

interface Gate {
  /** A view of the events: whoever reads it waits, with what it sees already fixed. */
  readonly events: string
  /** Resolves when somebody waits. */
  reached(): Promise<void>
  open(): Promise<void>
}

async function closedGate(database: PostgresDatabase, events: string): Promise<Gate> {
  const gated = `${database.schema}.gated`
  await database.write(`CREATE FUNCTION ${database.schema}.passed() RETURNS boolean LANGUAGE plpgsql VOLATILE AS
    'BEGIN PERFORM pg_advisory_lock_shared(77); PERFORM pg_advisory_unlock_shared(77); RETURN true; END'`)
  await database.write(`CREATE VIEW ${gated} AS SELECT e.* FROM ${database.schema}.passed() AS passed,
    LATERAL (SELECT * FROM ${events} WHERE passed OFFSET 0) e`)
  const closed = await openTransaction(database, (session) =>
    session.rows('SELECT pg_advisory_xact_lock(77)'),
  )
  return {
    events: gated,
    async reached() {
      const sql = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND objid = 77 AND NOT granted"
      while ((await database.rows(sql)).length === 0) await sleep(1)
    },
    open: () => closed.end('commit'),
  }
}
