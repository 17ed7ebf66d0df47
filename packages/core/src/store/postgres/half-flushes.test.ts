import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { withoutPostgres } from '../../../../../scripts/postgres/server.mjs'
import { needsOf, settle } from '../settle/index.ts'
import { emptyUnit, type Unit } from '../unit.ts'
import { openPostgres } from './database/open.ts'
import { postgresEngine } from './engine.ts'
import { type FreshStores, freshStores } from './fixtures/fresh.ts'
import { appendOf } from './fixtures/open-append.ts'
import { tablesOf } from './tables.ts'

const known = (id: string) => [{ type: 'Happened', data: {}, id }]

describe('what a flush cannot write', { skip: withoutPostgres() }, () => {
  let stores: FreshStores
  before(async () => {
    stores = await freshStores(18)
  })
  after(() => stores.drop())

  test('a new stream is never left without a row, also where the sequence of the keys was left behind', async () => {
    const { engine, url, dispose } = stores.take()
    const [store, database] = [await engine.openStore(), await openPostgres(url)]
    const { streams } = tablesOf(database)
    for (const name of ['a', 'b']) await store.append(name, known(name))
    // As after a move by logical replication, which leaves sequences as they were.
    await database.write(
      `SELECT setval(pg_get_serial_sequence($1, 'key'), min(key), false) FROM ${streams}`,
      [streams],
    )
    assert.equal((await store.append('new', known('new'))).version, 1)
    assert.deepEqual(
      (await store.readAll()).events.map(({ stream }) => stream),
      ['a', 'b', 'new'],
    )
    await store.close()
    await database.close()
    await dispose()
  })

  test('nothing of a flush is committed where a part of it fails before it is sent', async () => {
    const { engine, url, dispose } = stores.take()
    const [store, database] = [await engine.openStore(), await openPostgres(url)]
    const raw = postgresEngine(database, store.epoch)
    const unit: Unit = {
      ...emptyUnit('work', ''),
      writes: {
        ...emptyUnit('work', '').writes,
        appends: appendOf('a').writes.appends,
        advances: [{ name: 'p', from: 0, to: 1 }],
      },
    }
    const flushing = raw.flush(needsOf([unit]), (found) => {
      const { batch } = settle([unit], found, 1, store.epoch)
      return { ...batch, events: batch.events.map((event) => ({ ...event, stream: 'of no row' })) }
    })
    await assert.rejects(flushing, /of no row/)
    assert.equal(await store.checkpoint('p'), 0)
    await store.close()
    await raw.close()
    await dispose()
  })
})
