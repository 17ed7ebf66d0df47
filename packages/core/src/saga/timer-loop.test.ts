import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Runtime } from '../delivery/index.ts'
import { newId, silentLogger } from '../event/index.ts'
import { type EventStore, FencedOut } from '../store/index.ts'
import { memoryStoreEngine } from '../store/memory/index.ts'
import { eventually } from '../testing/delivery/world.ts'
import { manualClock } from '../testing/manual-clock.ts'
import { timerLoop } from './timer-loop.ts'

test('a zombie whose lease ran out while it fired a timer is refused with what it did', async () => {
  const clock = manualClock()
  const store = await memoryStoreEngine().openStore({ clock })
  const refused: unknown[] = []
  const watched: EventStore = {
    ...store,
    transaction: (work, options) =>
      store.transaction(work, options).catch((error: unknown) => {
        refused.push(error)
        throw error
      }),
  }
  const runtime: Omit<Runtime, 'broker'> = {
    store,
    clock,
    ids: newId,
    logger: silentLogger,
    random: Math.random,
    instance: 'heir',
  }
  const gate = Promise.withResolvers<void>()
  const entered = Promise.withResolvers<void>()
  const laneOf = (): string => ''
  const zombie = timerLoop({ ...runtime, store: watched, instance: 'zombie' }, 'saga:s', 50, {
    laneOf,
    async handle(tx) {
      await tx.append('fired', [{ type: 'Fired', data: { by: 'zombie' } }])
      entered.resolve()
      await gate.promise
    },
  })
  const heir = timerLoop(runtime, 'saga:s', 5000, {
    laneOf,
    handle: async (tx) => void (await tx.append('fired', [{ type: 'Fired', data: { by: 'heir' } }])),
  })
  const due = clock.now() + 1000
  await store.transaction((tx) => tx.timers.set({ owner: 'saga:s', id: 't', due, data: {} }))
  zombie.start()
  await clock.advance(1000)
  await entered.promise
  heir.start()
  await eventually(async () => assert.deepEqual(await store.timers({ owner: 'saga:s' }), []))
  gate.resolve()
  await eventually(() => assert.ok(refused.some((error) => error instanceof FencedOut)))
  const { events } = await store.read('fired')
  assert.deepEqual(
    events.map(({ data }) => data),
    [{ by: 'heir' }],
  )
  await zombie.stop()
  await heir.stop()
  await store.close()
})

test('a timer that is moved while it waits for its turn is not fired before its new time', async () => {
  const clock = manualClock()
  const store = await memoryStoreEngine().openStore({ clock })
  const runtime = { store, clock, ids: newId, logger: silentLogger, random: Math.random, instance: 'one' }
  const begin = clock.now()
  const loop = timerLoop(runtime, 'saga:s', 5000, {
    laneOf: () => '',
    async handle(tx, { id }) {
      await tx.append('fired', [{ type: 'Fired', data: { id, after: tx.now - begin } }])
      if (id === 'first') tx.timers.set({ owner: 'saga:s', id: 'second', due: begin + 5000, data: {} })
    },
  })
  const fired = async () => (await store.read('fired')).events.map(({ data }) => data)
  for (const id of ['first', 'second']) {
    await store.transaction((tx) => tx.timers.set({ owner: 'saga:s', id, due: begin + 1000, data: {} }))
  }
  loop.start()
  await clock.advance(1000)
  await eventually(async () => assert.notDeepEqual(await fired(), []))
  await eventually(async () => assert.ok(await loop.idle()))
  assert.deepEqual(await fired(), [{ id: 'first', after: 1000 }])
  await clock.advance(4000)
  await eventually(async () => assert.equal((await fired()).length, 2))
  assert.deepEqual((await fired())[1], { id: 'second', after: 5000 })
  await loop.stop()
  await store.close()
})
