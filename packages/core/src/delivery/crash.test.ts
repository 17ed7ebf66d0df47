import assert from 'node:assert/strict'
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { sqliteBroker } from '../broker/index.ts'
import { sqliteStoreEngine } from '../store/sqlite/index.ts'
import { TOPIC, told } from '../testing/delivery/tales.ts'
import { deadLetters } from './index.ts'

const program = join(import.meta.dirname, 'fixtures', 'fragile-consumer.ts')

/** Runs the consumer to its end. Gives the signal that killed it. */
async function run(file: string): Promise<NodeJS.Signals | null> {
  const child = fork(program, [file])
  const [, signal] = await once(child, 'exit')
  return signal
}

test('a handler that takes its process down is parked after some crashes, its neighbours are handled once', {
  timeout: 120_000,
}, async () => {
  const folder = await mkdtemp(join(tmpdir(), 'eventwright-crash-'))
  const file = join(folder, 'shop.db')
  const store = await sqliteStoreEngine(file).openStore()
  const broker = await sqliteBroker(file).openBroker()
  const keys = ['a', 'b', 'killer', 'c', 'd']
  await broker.ensureTopic(TOPIC, { partitions: 1 })
  await broker.publish(
    TOPIC,
    keys.map((key) => told(key, 1)),
  )
  let crashes = 0
  while ((await run(file)) !== null) crashes++
  // In the batch, then twice alone.
  assert.equal(crashes, 3)
  for (const key of keys)
    assert.equal((await store.read(`heard-${key}`)).version, key === 'killer' ? 0 : 1, key)
  const letters = await deadLetters(store)
  assert.deepEqual(
    letters.map(({ key, reason }) => [key, reason.code]),
    [['killer', 'Crashed']],
  )
  await broker.close()
  await store.close()
  await rm(folder, { recursive: true, force: true })
})
