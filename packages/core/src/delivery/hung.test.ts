import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import { type BrokerEngine, sqliteBroker } from '../broker/index.ts'
import { sqliteStoreEngine } from '../store/sqlite/index.ts'
import { heard, hearing, TOPIC, told } from '../testing/delivery/tales.ts'
import { eventually, idle, openWorld } from '../testing/delivery/world.ts'

/** The broker, and what it warned of. */
function warning(engine: BrokerEngine, warnings: string[]): BrokerEngine {
  const note = (_: object, text: string): void => void warnings.push(text)
  const logger = { debug() {}, info() {}, warn: note, error: note }
  return { ...engine, openBroker: (options) => engine.openBroker({ ...options, logger }) }
}

test('a consumer that could not show that it lives, and whose partitions nobody took, goes on', {
  timeout: 120_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'eventwright-hung-'))
  const file = join(folder, 'broker.db')
  const warnings: string[] = []
  const world = await openWorld({
    store: sqliteStoreEngine(join(folder, 'store.db')),
    broker: warning(sqliteBroker(file), warnings),
    dispose: async () => {},
  })
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  stack.defer(() => world.close())
  const process = await world.open()
  await process.broker.ensureTopic(TOPIC, { partitions: 2 })
  const consumer = await process.start(hearing(process, { sessionTimeout: 200 }))
  await process.broker.publish(TOPIC, [told('a', 1), told('b', 1)])
  await idle(consumer)
  const busy = new DatabaseSync(file)
  busy.exec('BEGIN IMMEDIATE')
  await eventually(() => assert.ok(warnings.some((text) => text.includes('no heart-beat'))))
  busy.exec('ROLLBACK')
  busy.close()
  await process.broker.publish(TOPIC, [told('a', 2), told('b', 2), told('c', 1)])
  await eventually(async () => {
    assert.deepEqual(await heard(process, 'a'), [1, 2])
    assert.deepEqual(await heard(process, 'b'), [1, 2])
    assert.deepEqual(await heard(process, 'c'), [1])
  })
  await idle(consumer)
})
