import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import pg from 'pg'
import { testDatabase, withoutPostgres } from '../../../../scripts/postgres/server.mjs'
import { memory } from '../memory.ts'
import { postgres } from '../postgres.ts'
import type { App } from './app.ts'
import { eventwright } from './eventwright.ts'
import { example, placeOrder, receiveStock } from './fixtures/shop.ts'

/** What an append announces that read the sequence when it stood at 1. */
const ANNOUNCE_1 = `SELECT pg_advisory_xact_lock_shared(
  (('eventwright.eventwright_positions'::regclass::oid::bigint & ${2 ** 24 - 1}) << 40) | 1)`

/** Until it is ready, or says that it never will be. */
async function settled(app: App): Promise<void> {
  const { ready, faulted } = await app.health()
  if (ready || faulted.length > 0) return
  await sleep(5)
  return settled(app)
}

test('an append that announced itself late makes nobody take the log for one that lost its tail', {
  skip: withoutPostgres(),
}, async (t) => {
  const { url, drop } = await testDatabase()
  const engines = { store: postgres(url), broker: memory() }
  const late = new pg.Client({ connectionString: url })
  await late.connect()
  t.after(async () => {
    await late.end()
    await drop()
  })
  const first = await eventwright({ ...engines, run: example })
  await first.execute(receiveStock(50))
  await first.execute(placeOrder('o-1', 2))
  await first.idle()
  await first.stop()

  // It was kept waiting between the two, until all of the above was there.
  await late.query('BEGIN')
  await late.query(ANNOUNCE_1)
  await using next = await eventwright({ ...engines, run: example })
  const held = await next.store.head()
  await settled(next)
  await next.execute(placeOrder('o-2', 2))
  assert.deepEqual((await next.health()).faulted, [])
  await late.query('ROLLBACK')
  await next.idle()
  assert.equal(held, 1)
  assert.deepEqual((await next.health()).faulted, [])
  assert.equal((await next.store.read('order-o-2')).events.length > 0, true)
})
