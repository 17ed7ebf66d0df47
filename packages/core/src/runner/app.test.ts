import assert from 'node:assert/strict'
import { suite, test } from 'node:test'
import { memory } from '../memory.ts'
import { idle } from '../testing/idle.ts'
import type { App } from './app.ts'
import { crash } from './crash.ts'
import { AppStopped, CannotOpenApp, ClockNotVirtual, NotIdle, UnknownTarget } from './errors.ts'
import { eventwright } from './eventwright.ts'
import { type Place, places } from './fixtures/places.ts'
import {
  type Demand,
  example,
  modular,
  placeOrder,
  receiveStock,
  unanswered,
  warehouse,
} from './fixtures/shop.ts'
import type { AppOptions } from './options.ts'

function open(place: Place, options: Partial<AppOptions> = {}): Promise<App> {
  return eventwright({ store: place.engine, run: example, ...options })
}

async function types(app: App, stream: string): Promise<readonly string[]> {
  return (await app.store.read(stream)).events.map(({ type }) => type)
}

const promises: { readonly [promise: string]: (place: Place) => Promise<void> } = {
  'an order goes through its saga and is counted once, however often its command comes': async (place) => {
    await using app = await open(place)
    await app.execute(receiveStock(5))
    const first = await app.execute(placeOrder('o-1', 2), { commandId: 'click-7' })
    const again = await app.execute(placeOrder('o-1', 2), { commandId: 'click-7' })
    assert.equal(first.duplicate, false)
    assert.equal(again.duplicate, true)
    await app.idle()
    assert.deepEqual(await types(app, 'order-o-1'), ['OrderPlaced', 'OrderConfirmed'])
    assert.deepEqual(await types(app, 'stock-tea'), ['StockReceived', 'StockReserved'])
    assert.equal((await app.documents<Demand>('demand').get('tea'))?.quantity, 2)
    const health = await app.health()
    assert.equal(health.ready, true)
    assert.deepEqual(health.faulted, [])
    assert.equal(health.parkedKeys, 0)
    assert.deepEqual([...new Set(Object.values(health.lag))], [0])
    assert.equal(health.sagas.open, 0)
  },

  'an order without stock is cancelled': async (place) => {
    await using app = await open(place)
    await app.execute(placeOrder('o-1', 2))
    await app.idle()
    assert.deepEqual(await types(app, 'order-o-1'), ['OrderPlaced', 'OrderCancelled'])
  },

  'a time-out is due on the clock that a scenario moves, and compensates': async (place) => {
    await using app = await open(place, { virtualClock: true, run: unanswered })
    await app.execute(placeOrder('o-1', 2))
    await app.idle()
    assert.deepEqual(await types(app, 'order-o-1'), ['OrderPlaced'])
    const due = await app.nextDue()
    assert.ok(due !== undefined && due > app.clock.now() + 25_000 && due <= app.clock.now() + 30_000)
    await app.clock.advanceTo(due - 1000)
    await app.idle()
    assert.deepEqual(await app.nextDue(), due)
    await app.clock.advanceTo(due)
    await app.idle()
    assert.ok((await types(app, 'saga:checkout-o-1')).some((type) => type.endsWith('StepTimedOut')))

    await using stock = await eventwright({
      name: 'warehouse',
      store: memory(),
      broker: place.engine,
      run: warehouse,
      topic: { publish: 'all' },
    })
    await idle([app, stock])
    assert.deepEqual(await types(app, 'order-o-1'), ['OrderPlaced', 'OrderCancelled'])
    const reserved = (await types(stock, 'stock-tea')).filter((type) => type === 'StockReserved')
    const released = (await types(stock, 'stock-tea')).filter((type) => type === 'StockReleased')
    assert.equal(reserved.length, released.length)
  },

  'a time that was moved stays moved for the next process of the run, and for no other': async (place) => {
    const app = await open(place, { virtualClock: true })
    const before = Date.now()
    await app.clock.advance(3_600_000)
    await app.stop()
    await using next = await open(place, { virtualClock: true, start: false })
    assert.ok(next.clock.now() >= before + 3_600_000)
    await using real = await open(place, { start: false })
    assert.ok(real.clock.now() < before + 3_600_000)
    await assert.rejects(real.clock.advance(1), ClockNotVirtual)
  },

  'a crash in the middle of a saga loses nothing and does nothing twice': async (place) => {
    for (let round = 0; round < 3; round++) {
      const app = await open(place, { crashable: true, instance: 'same', leaseTime: 600 })
      await app.execute(receiveStock(1), { commandId: `receive-${round}` })
      await app.execute(placeOrder(`o-${round}`, 1), { commandId: `place-${round}` })
      // Somewhere between the command of the saga and its answer: another moment each round.
      for (let turn = 0; turn < round * 15; turn++) await new Promise(setImmediate)
      await crash(app)
    }
    await using app = await open(place, { instance: 'same', leaseTime: 600 })
    await app.idle()
    for (let round = 0; round < 3; round++)
      assert.deepEqual(await types(app, `order-o-${round}`), ['OrderPlaced', 'OrderConfirmed'])
    assert.equal((await types(app, 'stock-tea')).filter((type) => type === 'StockReserved').length, 3)
    assert.equal((await app.documents<Demand>('demand').get('tea'))?.quantity, 3)
  },

  'tenants share an app and see nothing of each other': async (place) => {
    await using app = await open(place)
    for (const tenant of ['a', 'b']) {
      await app.execute(receiveStock(5), { tenant })
      await app.execute(placeOrder('o-1', tenant === 'a' ? 2 : 3), { tenant, commandId: 'click-1' })
    }
    await app.idle()
    for (const [tenant, quantity] of [
      ['a', 2],
      ['b', 3],
    ] as const) {
      const { events } = await app.store.read('order-o-1', { tenant })
      assert.deepEqual(
        events.map(({ type }) => type),
        ['OrderPlaced', 'OrderConfirmed'],
      )
      assert.equal((await app.documents<Demand>('demand', { tenant }).get('tea'))?.quantity, quantity)
    }
    assert.equal(await app.documents('demand').get('tea'), undefined)
  },

  'services of one app talk over their topics, a consumer hears them, and what it refuses is parked and redriven':
    async (place) => {
      await using app = await open(place, { run: modular })
      await app.execute(receiveStock(5))
      await app.execute(placeOrder('o-1', 1))
      await app.idle()
      assert.deepEqual(await types(app, 'order-o-1'), ['OrderPlaced', 'OrderConfirmed'])
      const letters = await app.deadLetters('welcome')
      assert.deepEqual(
        letters.map(({ key, behind }) => [key, behind]),
        [
          ['o-1', false],
          ['o-1', true],
        ],
      )
      assert.equal((await app.health()).parkedKeys, 1)
      assert.equal(await app.redrive('welcome', 'o-1'), 1)
      await app.idle()
      assert.equal((await app.deadLetters('welcome')).length, 2)
      assert.equal((await app.deadLetters()).length, 2)
      assert.deepEqual(
        (await app.broker.topics()).map(({ topic, partitions }) => `${topic} ${partitions}`).sort(),
        [
          'app.commands 6',
          'app.events 6',
          'orders.commands 2',
          'orders.events 2',
          'warehouse.commands 6',
          'warehouse.events 6',
        ],
      )
    },

  'one process may execute and another one run': async (place) => {
    await using front = await open(place, { start: false })
    await front.execute(receiveStock(5))
    await front.execute(placeOrder('o-1', 1))
    await front.idle()
    assert.deepEqual(await types(front, 'order-o-1'), ['OrderPlaced'])
    await using back = await open(place)
    await back.idle()
    assert.deepEqual(await types(front, 'order-o-1'), ['OrderPlaced', 'OrderConfirmed'])
    await front.caughtUp('demand')
    assert.equal((await front.health()).ready, false)
  },

  'idle looks at every part: it comes after the last one has done its work': async (place) => {
    await using app = await open(place)
    await app.execute(receiveStock(50))
    for (let order = 0; order < 5; order++) {
      await app.execute(placeOrder(`o-${order}`, 1))
      await app.idle()
      assert.deepEqual(await types(app, `order-o-${order}`), ['OrderPlaced', 'OrderConfirmed'])
      assert.equal((await app.documents<Demand>('demand').get('tea'))?.quantity, order + 1)
    }
  },

  'what is not there is said clearly': async (place) => {
    const app = await open(place)
    await assert.rejects(
      app.execute({ type: 'pay', aggregate: 'payment', id: 'p-1', data: {} }),
      (error: Error) =>
        error instanceof UnknownTarget && /no aggregate payment \(it has: order, stock\)/.test(error.message),
    )
    await assert.rejects(app.redrive('checkout', 'no-such-key'))
    assert.deepEqual(await app.deadLetters(), [])
    await app.stop()
    await app.stop()
    await assert.rejects(app.execute(placeOrder('o-1', 1)), AppStopped)
    await assert.rejects(app.idle(), AppStopped)
  },

  'an app that is busy for too long is named with its busy parts': async (place) => {
    const asked = Promise.withResolvers<void>()
    const answered = Promise.withResolvers<void>()
    const broker = {
      ...place.engine,
      async openBroker(options: Parameters<typeof place.engine.openBroker>[0]) {
        const opened = await place.engine.openBroker(options)
        const publish: typeof opened.publish = async (...messages) => {
          asked.resolve()
          await answered.promise
          await opened.publish(...messages)
        }
        return { ...opened, publish }
      },
    }
    await using app = await open(place, { broker, crashable: true })
    await app.execute(placeOrder('o-1', 1))
    await asked.promise
    await assert.rejects(app.idle({ timeout: -1 }), (error: Error) => {
      assert.ok(error instanceof NotIdle)
      return error.busy.includes('relay')
    })
    answered.resolve()
    await app.idle()
  },

  'if a part cannot be opened, what was opened is closed and one error says why': async (place) => {
    let closed = 0
    const store = {
      ...place.engine,
      async openStore(options: Parameters<typeof place.engine.openStore>[0]) {
        const opened = await place.engine.openStore(options)
        return {
          ...opened,
          async close() {
            await opened.close()
            closed += 1
          },
        }
      },
      openBroker: async () => {
        throw new Error('no such host')
      },
    }
    await assert.rejects(eventwright({ store, run: example }), (error: Error) => {
      assert.ok(error instanceof CannotOpenApp)
      return /no such host/.test(error.message)
    })
    assert.equal(closed, 1)
  },

  'no listener and no timer is left behind': async (place) => {
    const before = process.listenerCount('SIGTERM')
    const app = await open(place, { signals: true })
    assert.equal(process.listenerCount('SIGTERM'), before + 1)
    await app.stop()
    assert.equal(process.listenerCount('SIGTERM'), before)
  },
}

for (const [engine, makePlace] of Object.entries(places)) {
  suite(`an app on ${engine}`, () => {
    for (const [name, promise] of Object.entries(promises)) {
      test(name, { timeout: 120_000 }, async () => {
        const place = await makePlace()
        try {
          await promise(place)
        } finally {
          await place.dispose()
        }
      })
    }
  })
}
