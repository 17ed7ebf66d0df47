import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { startPostgres, withoutPostgres } from '../../../../../scripts/postgres/server.mjs'
import { assertKeyOrder, eventually, message, observe, type Seen } from '../../testing/broker/observe.ts'
import type { Broker } from '../broker.ts'
import { postgresBroker } from './postgres-broker.ts'

const KEYS = 7
const TOTAL = 700

/** One message of each key after the other; what is not confirmed is sent again before the next of its key. */
async function publishAll(broker: Broker, progress: (sent: number) => void): Promise<void> {
  for (let at = 0; at < TOTAL; at += KEYS) {
    const numbers = Array.from({ length: KEYS }, (_, key) => at + key)
    await Promise.all(numbers.map((number) => untilConfirmed(broker, number)))
    progress(at + KEYS)
  }
}

async function untilConfirmed(broker: Broker, number: number): Promise<void> {
  for (;;) {
    try {
      return await broker.publish('t', [message(`${number}`, `k${number % KEYS}`)])
    } catch {
      await sleep(20)
    }
  }
}

test('a database that is killed and started again loses nothing: keys keep their order, and only a failure repeats', {
  skip: withoutPostgres(),
  timeout: 120_000,
}, async () => {
  await using stack = new AsyncDisposableStack()
  const server = stack.use(await startPostgres())
  // A pool for each, as if they were processes.
  const [publisher, one, other] = await Promise.all(
    [3, 4, 5].map(async (max) =>
      stack.adopt(await postgresBroker(server.url, { max, patience: 200 }).openBroker(), (it) => it.close()),
    ),
  )
  assert.ok(publisher && one && other)
  await publisher.ensureTopic('t', { partitions: 4 })
  const seen: Seen[] = []
  for (const broker of [one, other]) await observe(broker, { topics: ['t'], sessionTimeout: 4000, seen })
  let sent = 0
  const publishing = publishAll(publisher, (count) => {
    sent = count
  })
  await eventually(() => assert.ok(seen.length > TOTAL / 5))
  const before = seen.map((entry) => entry.message.id)
  assert.equal(new Set(before).size, before.length, 'nothing comes twice while nothing fails')
  await server.kill()
  await server.start()
  const then = sent
  await eventually(() => assert.ok(sent > Math.min(then + TOTAL / 5, TOTAL - 1)))
  await server.stop('immediate')
  await server.start()
  await publishing
  await eventually(async () => assert.equal(await publisher.groupLag('g'), 0))

  assertKeyOrder(seen)
  const first = new Set(seen.map((entry) => Number(entry.message.id)))
  assert.equal(first.size, TOTAL)
  for (let key = 0; key < KEYS; key++) {
    const numbers = [...first].filter((number) => number % KEYS === key)
    assert.deepEqual(
      numbers,
      [...numbers].sort((a, b) => a - b),
      `k${key} in order`,
    )
  }
})
