import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { eventually, message, messages, observe } from '../testing/broker/observe.ts'
import { onPostgres } from '../testing/fixtures/postgres.ts'
import { emptyMemory, memoryStorage } from './memory/memory-storage.ts'
import { openBroker } from './open-broker.ts'
import { openPostgresStorage } from './postgres/index.ts'
import { openSqliteStorage } from './sqlite/sqlite-broker.ts'
import type { BrokerStorage } from './storage.ts'

const later = Date.now() + 60_000

async function prunes(storage: BrokerStorage): Promise<void> {
  const broker = openBroker(storage)
  await broker.ensureTopic('t', { partitions: 1 })
  await broker.publish('t', messages('m', 10))
  const slow = await observe(broker, { group: 'slow', topics: ['t'], handle: () => {} })
  const fast = await observe(broker, { group: 'fast', topics: ['t'] })
  await eventually(() => assert.deepEqual([slow.seen.length, fast.seen.length], [10, 10]))
  for (const { message: received, delivery } of slow.seen.slice(0, 6)) delivery.ack(received)
  await slow.subscription.lag()
  await fast.subscription.lag()

  assert.equal(await storage.prune(Date.now() - 60_000, 100), 0, 'nothing is old')
  assert.equal(await storage.prune(later, 4), 4, 'no more than a step')
  assert.equal(await storage.prune(later, 100), 2, 'nothing that a group has still to read')
  assert.deepEqual(await storage.ends(['t']), [{ topic: 't', partition: 0, earliest: 6, next: 10 }])
  assert.equal(await broker.groupLag('slow'), 4)

  await broker.publish('t', [message('next')])
  const late = await observe(broker, { group: 'late', topics: ['t'] })
  await eventually(() => assert.deepEqual(late.ids(), ['m-6', 'm-7', 'm-8', 'm-9', 'next']))
  await eventually(() => assert.equal(fast.ids().at(-1), 'next'))
  assert.equal(fast.seen.at(-1)?.message.offset, 10)
  assert.equal(await late.subscription.lag(), 0)
  await slow.subscription.stop(0)
  await broker.close()
}

test('memory keeps what is young or not committed by every group', async () => {
  await prunes(memoryStorage(emptyMemory()))
})

test('a file keeps what is young or not committed by every group', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'eventwright-retention-'))
  await prunes(await openSqliteStorage(join(folder, 'broker.db')))
  rmSync(folder, { recursive: true })
})

for (const version of [18, 14] as const) {
  const name = `PostgreSQL ${version} keeps what is young or not committed by every group`
  const declare = (fresh: () => string) => test(name, async () => prunes(await openPostgresStorage(fresh())))
  onPostgres(name, declare, version)
}

test('a topic that no group reads is pruned by age alone', async () => {
  const storage = memoryStorage(emptyMemory())
  const broker = openBroker(storage)
  await broker.ensureTopic('t', { partitions: 2 })
  await broker.publish('t', messages('m', 5))
  assert.equal(await storage.prune(later, 100), 5)
  await broker.close()
})
