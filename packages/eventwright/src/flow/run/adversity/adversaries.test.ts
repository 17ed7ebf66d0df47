import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Broker, type Message, memory } from '@eventwright/core'
import type { Adversary } from './adversary.ts'
import { adversaryOf } from './adversary-of.ts'
import type { Perturbation } from './perturbation.ts'

const TOPIC = 'shop.orders'

function message(id: string, key = 'o-1', headers = {}): Message {
  return { id, key, headers, value: JSON.stringify({ type: 'PlaceOrder' }) }
}

interface Stage {
  readonly adversary: Adversary
  readonly broker: Broker
  /** Ids, in the order in which they were handled and acknowledged. */
  readonly handled: readonly string[]
  /** Resolves when the group has acknowledged all that there is. */
  idle(): Promise<void>
}

/** A group that acknowledges what it gets, on a broker in memory that an adversary disturbs. */
async function withGroup(perturbation: Perturbation, play: (stage: Stage) => Promise<void>): Promise<void> {
  const adversary = adversaryOf(perturbation, {
    engine: memory(),
    tenant: '',
    crash() {},
    published: async () => true,
  })
  const broker = await adversary.engine.openBroker()
  await broker.ensureTopic(TOPIC)
  const handled: string[] = []
  const group = await broker.subscribe({ group: 'post', topics: [TOPIC] }, async (messages, { ack }) => {
    for (const one of messages) {
      handled.push(one.id)
      ack(one)
    }
  })
  async function idle(): Promise<void> {
    while ((await group.lag()) > 0) await new Promise(setImmediate)
  }
  try {
    await play({ adversary, broker, handled, idle })
  } finally {
    await group.stop(0)
    await broker.close()
  }
}

test('twice: each message comes twice, the second behind the first', async () => {
  await withGroup({ kind: 'twice' }, async ({ adversary, broker, handled, idle }) => {
    await broker.publish(TOPIC, [message('a'), message('b')])
    await adversary.rest(idle, true)
    assert.deepEqual(handled, ['a', 'a', 'b', 'b'])
    assert.deepEqual([...adversary.disturbed], [`${TOPIC}/PlaceOrder/o-1#1`, `${TOPIC}/PlaceOrder/o-1#2`])
  })
})

test('late: each message comes again at rest, and once more at the end, the last one first', async () => {
  await withGroup({ kind: 'late' }, async ({ adversary, broker, handled, idle }) => {
    await broker.publish(TOPIC, [message('a')])
    await adversary.rest(idle, false)
    assert.deepEqual(handled, ['a', 'a'])
    await broker.publish(TOPIC, [message('b')])
    await adversary.rest(idle, true)
    assert.deepEqual(handled, ['a', 'a', 'b', 'b', 'b', 'a'])
  })
})

/** Processes of one group, one after the other, of which the adversary ends each. */
interface Killed extends AsyncDisposable {
  readonly adversary: Adversary
  readonly crashes: () => number
  start(): Promise<{ readonly broker: Broker; readonly acknowledge: () => Promise<void> }>
}

function killed(): Killed {
  let crashes = 0
  const opened: (() => Promise<void>)[] = []
  const adversary = adversaryOf(
    { kind: 'crash' },
    { engine: memory(), tenant: '', crash: () => crashes++, published: async () => true },
  )
  return {
    adversary,
    crashes: () => crashes,
    async start() {
      const broker = await adversary.engine.openBroker()
      await broker.ensureTopic(TOPIC)
      const handed = Promise.withResolvers<() => void>()
      const group = await broker.subscribe({ group: 'post', topics: [TOPIC] }, async (messages, { ack }) => {
        handed.resolve(() => messages.forEach(ack))
      })
      opened.push(async () => {
        await group.stop(0)
        await broker.close()
      })
      return {
        broker,
        async acknowledge() {
          const acknowledge = await handed.promise
          acknowledge()
          await group.stop(0)
        },
      }
    },
    async [Symbol.asyncDispose]() {
      for (const close of opened) await close()
    },
  }
}

const answered = { type: 'PlaceOrder', id: 'o-1', commandId: 'c-1' }

test('crash: after each send, at each acknowledgement, before each answer, and each only once', async () => {
  await using processes = killed()
  const { adversary, crashes, start } = processes
  const first = await start()
  await first.broker.publish(TOPIC, [message('a')])
  assert.equal(crashes(), 1)
  await first.acknowledge()
  const second = await start()
  await second.broker.publish(TOPIC, [message('a')])
  assert.equal(crashes(), 1, 'what is sent again crashes no second time')
  await second.acknowledge()
  assert.equal(crashes(), 2)
  await start()
  adversary.answering(answered)
  await start()
  adversary.answering(answered)
  assert.equal(crashes(), 3)
  assert.deepEqual(
    [...adversary.disturbed],
    [`relay:${TOPIC}/PlaceOrder/o-1#1`, 'post/PlaceOrder/o-1#1', 'outside/PlaceOrder/o-1#1'],
  )
})

test('crash: what is left of a process that ended takes none with it that came after', async () => {
  await using processes = killed()
  const { adversary, crashes, start } = processes
  const gone = await start()
  await gone.broker.publish(TOPIC, [message('a')])
  adversary.answering(answered)
  assert.equal(crashes(), 1, 'nobody is answered by a process that ended')
  await start()
  await gone.broker.publish(TOPIC, [message('b', 'o-2')])
  await gone.acknowledge()
  assert.equal(crashes(), 1)
  assert.deepEqual(
    [...adversary.disturbed],
    [`relay:${TOPIC}/PlaceOrder/o-1#1`],
    'its steps are still to come',
  )
})

test('only the steps that are named are disturbed, and no message of another tenant', async () => {
  const steps = [`${TOPIC}/PlaceOrder/o-1#2`]
  await withGroup({ kind: 'twice', steps }, async ({ adversary, broker, handled, idle }) => {
    await broker.publish(TOPIC, [message('x', 'o-1', { tenantid: 'other' }), message('a'), message('b')])
    await adversary.rest(idle, true)
    assert.deepEqual(handled.toSorted(), ['a', 'b', 'b', 'x'])
  })
})

/** The order of six messages of three keys under a seed. */
async function orderOf(seed: number): Promise<string> {
  let order = ''
  await withGroup({ kind: 'interleave', seed }, async ({ adversary, broker, handled, idle }) => {
    for (const id of ['a1', 'b1', 'c1', 'a2', 'b2', 'c2']) {
      await broker.publish(TOPIC, [message(id, `o-${id[0]}`)])
    }
    await adversary.rest(idle, true)
    order = handled.join(' ')
  })
  return order
}

test('interleave: a seed gives one order, seeds give several, and each key keeps its own', async () => {
  const orders: string[] = []
  for (let seed = 1; seed <= 8; seed++) {
    const order = await orderOf(seed)
    assert.equal(await orderOf(seed), order)
    for (const key of ['a', 'b', 'c']) assert.ok(order.indexOf(`${key}1`) < order.indexOf(`${key}2`), order)
    orders.push(order)
  }
  assert.ok(new Set(orders).size > 3, orders.join('\n'))
})
