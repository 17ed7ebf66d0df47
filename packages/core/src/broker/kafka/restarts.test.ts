import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { type Kafka, startKafka, withoutKafka } from '../../../../../scripts/kafka/broker.mjs'
import { assertKeyOrder, eventually, message, observe, type Seen } from '../../testing/broker/observe.ts'
import { kafkaBroker } from './index.ts'

const skip = withoutKafka()
const TURNS = 4
let cluster: Kafka

before(async () => {
  if (!skip) cluster = await startKafka({ config: { 'group.min.session.timeout.ms': 100 } })
})
after(() => cluster?.stop())

test('a broker that is killed and started again loses, repeats and reorders nothing that was published', {
  skip,
  timeout: 120_000,
}, async () => {
  await using stack = new AsyncDisposableStack()
  const engine = kafkaBroker(`kafka://${cluster.bootstrap}`, { heartbeatInterval: 200, requestTimeout: 2000 })
  const [publisher, one, two] = await Promise.all(
    [1, 2, 3].map(async () => stack.adopt(await engine.openBroker(), (broker) => broker.close())),
  )
  assert.ok(publisher && one && two)
  await publisher.ensureTopic('t', { partitions: 4 })
  const seen: Seen[] = []
  for (const [member, broker] of Object.entries({ one, two })) {
    const { subscription } = await observe(broker, {
      topics: ['t'],
      member,
      seen,
      maxInFlight: 50,
      batch: 10,
    })
    stack.defer(() => subscription.stop(0))
  }

  const calls: Promise<void>[] = []
  let goesOn = true
  const publishing = (async () => {
    for (let turn = 0; goesOn; turn += 1) {
      for (let key = 0; key < 7; key += 1)
        calls.push(publisher.publish('t', [message(`${turn}-${key}`, `k${key}`)]))
      // So many that are not confirmed: what is sent on is a queue, not a stream.
      if (calls.length % 700 === 0) await calls.at(-1)
      else await new Promise((resolve) => setTimeout(resolve, 2))
    }
  })()
  for (let turn = 1; turn <= TURNS; turn += 1) {
    await eventually(() => assert.ok(seen.length > turn * 300))
    await cluster.kill()
    await cluster.start()
  }
  await eventually(() => assert.ok(seen.length > (TURNS + 1) * 300))
  goesOn = false
  await publishing
  await Promise.all(calls)
  await eventually(async () => assert.equal(await one.groupLag('g'), 0))

  const kept = await publisher.latest('t', calls.length)
  assert.equal(kept.length, calls.length, 'each stands once')
  assert.equal(new Set(kept.map(({ id }) => id)).size, calls.length)
  const turns = new Map<string | null, number>()
  for (const { id, key } of kept) {
    const turn = Number(id.split('-')[0])
    assert.equal(turn, (turns.get(key) ?? -1) + 1, `${key} in the order of the calls`)
    turns.set(key, turn)
  }
  assert.equal(new Set(seen.map((entry) => entry.message.id)).size, calls.length)
  assertKeyOrder(seen)
})
