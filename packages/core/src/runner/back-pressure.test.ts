import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import type { Broker, BrokerEngine, BrokerOptions, Message } from '../broker/index.ts'
import { type Component, relay } from '../delivery/index.ts'
import { newId, silentLogger, systemClock } from '../event/index.ts'
import { catalog, memory, StoreOverloaded } from '../index.ts'
import { eventwright } from './eventwright.ts'

const tills = catalog<{ Paid: { amount: number } }>({ namespace: 'com.example.till' })
const Till = tills
  .aggregate<null>('till', null)
  .decide({ pay: (_, data: { amount: number }) => ({ type: 'Paid', data }) })
  .evolve({ Paid: () => null })

const PAYMENTS = 1000

/** A broker that counts what is handed over and not acknowledged, and what is being sent. */
function counting(
  engine: BrokerEngine,
  refuse: () => boolean = () => false,
): { readonly engine: BrokerEngine; readonly most: { inFlight: number; sending: number; sends: number } } {
  const most = { inFlight: 0, sending: 0, sends: 0 }
  const open = new Set<string>()
  let sending = 0

  async function publish(broker: Broker, topic: string, messages: readonly Message[]): Promise<void> {
    if (refuse()) throw new Error('the broker is away')
    sending += messages.length
    most.sending = Math.max(most.sending, sending)
    most.sends += 1
    await broker.publish(topic, messages)
    sending -= messages.length
  }

  return {
    most,
    engine: {
      url: engine.url,
      async openBroker(options?: BrokerOptions) {
        const broker = await engine.openBroker(options)
        return {
          ...broker,
          publish: (topic, messages) => publish(broker, topic, messages),
          subscribe: (given, handler) =>
            broker.subscribe(given, (messages, delivery) => {
              for (const { id } of messages) open.add(id)
              most.inFlight = Math.max(most.inFlight, open.size)
              return handler(messages, {
                ...delivery,
                ack(message) {
                  open.delete(message.id)
                  delivery.ack(message)
                },
              })
            }),
        }
      },
    },
  }
}

async function pay(append: (n: number) => Promise<unknown>): Promise<void> {
  for (let n = 0; n < PAYMENTS; n += 500)
    await Promise.all(Array.from({ length: 500 }, (_, index) => append(n + index)))
}

test('a consumer that stands still holds no more than it may have in flight, however much is published', {
  timeout: 60_000,
}, async () => {
  const gate = Promise.withResolvers<void>()
  let handled = 0
  const slow = tills.consumer('slow', {
    topics: ['app.events'],
    batch: 5,
    maxInFlight: 10,
    on: {
      Paid: async () => {
        await gate.promise
        handled += 1
      },
    },
  })
  const engine = memory()
  const { engine: broker, most } = counting(engine)
  await using app = await eventwright({
    store: engine,
    broker,
    run: [Till, slow],
    topic: { publish: 'all', partitions: 3 },
  })
  await pay((n) => app.execute(Till.pay(`t-${n}`, { amount: n })))
  while ((await app.health()).lag.relay !== 0) await sleep(5)
  const inFlight = async (): Promise<number | undefined> =>
    (await app.health()).components.find(({ name }) => name === 'slow')?.work?.inFlight
  // Until each partition has handed over what it may.
  while ((await inFlight()) !== 3 * 10) await sleep(5)
  assert.equal((await app.health()).lag.slow, PAYMENTS)
  assert.ok(most.inFlight <= 3 * 10, `${most.inFlight} in flight`)
  assert.ok(most.sending <= 500, `${most.sending} sent at a time`)
  gate.resolve()
  await app.idle()
  assert.equal(handled, PAYMENTS)
  assert.ok(most.inFlight <= 3 * 10, `${most.inFlight} in flight`)
})

for (const [what, most, size] of [
  ['messages', 1000, 10],
  ['bytes', 70, 900_000],
] as const) {
  test(`a relay whose broker is away holds no more ${what} than it may, and sends all when it is back`, {
    timeout: 60_000,
  }, async () => {
    let away = true
    const { engine: brokerEngine } = counting(memory(), () => away)
    const [store, broker] = await Promise.all([memory().openStore(), brokerEngine.openBroker()])
    await broker.ensureTopic('t')
    const value = 'x'.repeat(size)
    const runtime = {
      store,
      broker,
      clock: systemClock,
      ids: newId,
      logger: silentLogger,
      random: Math.random,
    }
    const component = relay(
      { ...runtime, instance: 'one' },
      {
        route: ({ id }) => [{ topic: 't', message: { id, key: id, headers: {}, value } }],
        batch: most / 10,
        maxWaiting: 1000,
        backoff: 20,
      },
    )
    const events = most * 2
    await store.append(
      's',
      Array.from({ length: events }, (_, n) => ({ type: 'A', data: n })),
    )
    await component.start()
    const inFlight = async (): Promise<number> => (await component.health()).work?.inFlight ?? 0
    while ((await inFlight()) < most) await sleep(1)
    const before = await retries(component)
    // Until it has tried again, and so looked whether to read on.
    while ((await retries(component)) < before + most) await sleep(5)
    assert.ok((await inFlight()) < most + most / 5, 'no more than it may, and what one read gives')
    away = false
    while ((await component.health()).lag !== 0) await sleep(5)
    assert.equal(await inFlight(), 0)
    await component.stop()
    const published = await broker.latest('t', events)
    assert.equal(new Set(published.map(({ id }) => id)).size, events)
    await broker.close()
    await store.close()
  })
}

async function retries(component: Component): Promise<number> {
  return (await component.health()).work?.retries ?? 0
}

test('a store refuses what its queue cannot hold, instead of holding it', { timeout: 60_000 }, async () => {
  const store = await memory().openStore()
  const appends = Array.from({ length: 21_000 }, (_, n) => store.append(`s-${n}`, [{ type: 'A', data: n }]))
  assert.ok(store.health().queued <= 20_000)
  const ends = await Promise.allSettled(appends)
  const refused = ends.filter((end) => end.status === 'rejected')
  assert.equal(refused.length, 1000)
  assert.ok(refused.every(({ reason }) => reason instanceof StoreOverloaded))
  await store.close()
})
