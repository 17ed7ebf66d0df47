import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { sqliteBroker } from '../broker/index.ts'
import { sqliteStoreEngine } from '../store/sqlite/index.ts'
import { heard, hearing, TOPIC, told } from '../testing/delivery/tales.ts'
import { idle, openWorld } from '../testing/delivery/world.ts'

/** The consumer's store stays; the broker is the one in this file. */
async function hear(folder: string, broker: string, version: number): Promise<readonly number[]> {
  const world = await openWorld({
    store: sqliteStoreEngine(join(folder, 'store.db')),
    broker: sqliteBroker(join(folder, broker)),
    dispose: async () => {},
  })
  await using stack = new AsyncDisposableStack()
  stack.defer(() => world.close())
  const process = await world.open()
  await process.broker.ensureTopic(TOPIC, { partitions: 1 })
  const consumer = await process.start(hearing(process))
  await process.broker.publish(TOPIC, [told('a', version)])
  await idle(consumer)
  return heard(process, 'a')
}

test('a consumer that moves to another broker, which counts tokens from 1, goes on', {
  timeout: 60_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'eventwright-broker-'))
  await using stack = new AsyncDisposableStack()
  stack.defer(() => rm(folder, { recursive: true, force: true }))
  for (const version of [1, 2, 3]) await hear(folder, 'old.db', version)
  assert.deepEqual(await hear(folder, 'new.db', 4), [1, 2, 3, 4])
})
