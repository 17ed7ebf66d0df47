import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { EventStore, LogQuery, LogSlice } from '../store/index.ts'
import { memoryStoreEngine } from '../store/memory/index.ts'
import { type Instance, openInstance, shop } from '../testing/projection/place.ts'
import { buildProjection } from './builder.ts'
import { checkpointOf } from './definition.ts'
import { LIVE } from './live.ts'
import { versionCollection } from './own-documents.ts'

const EVENTS = 7
const SLICE = 3

/** Remembers each event that it took in. */
const seen = buildProjection(shop, 'seen', 1, {
  OrderPlaced: ({ position }, tx) => tx.documents('seen').put(`${position}`, true),
})
const COLLECTION = versionCollection('seen', 1)
const CHECKPOINT = checkpointOf('seen', 1)

interface Hooks {
  /** Comes before a slice is read. */
  readonly read?: (query: LogQuery) => Promise<void>
  /** Comes before the unit that takes the first slice in, and after it. */
  readonly begin?: () => void
  readonly end?: (store: EventStore) => Promise<void>
}

async function started({ read, begin, end }: Hooks): Promise<Instance> {
  const engine = memoryStoreEngine()
  const filling = await engine.openStore()
  for (let at = 1; at <= EVENTS; at++) {
    await filling.append(`order-${at}`, [{ type: 'OrderPlaced', data: { sku: 'tea', quantity: 1 } }])
  }
  let units = 0
  const wrap = (store: EventStore): EventStore => ({
    ...store,
    async readAll(query = {}): Promise<LogSlice> {
      await read?.(query)
      return store.readAll(query)
    },
    async transaction(work, options) {
      const first = units++ === 0
      if (first) begin?.()
      const result = await store.transaction(work, options)
      if (first) await end?.(store)
      return result
    },
  })
  const place = { engine, renewEpoch: async () => {}, dispose: async () => {} }
  const instance = await openInstance(place, [seen], { wrap, batch: SLICE })
  await instance.start()
  return instance
}

async function taken({ store }: Instance): Promise<readonly string[]> {
  return (await store.documents(COLLECTION).list()).map(({ id }) => id)
}

const ALL = Array.from({ length: EVENTS }, (_, index) => `${index + 1}`)

test('the next slice is read while one is written', async () => {
  const reads: (number | undefined)[] = []
  let before: readonly unknown[] = []
  const instance = await started({
    async read({ after }) {
      reads.push(after)
    },
    begin() {
      before = [...reads]
    },
  })
  await instance.idle()
  await instance.stop()
  assert.deepEqual(before, [0, SLICE])
})

test('what was read ahead is not used where the checkpoint was moved meanwhile', async () => {
  const instance = await started({
    end: (store) =>
      store.transaction(async (tx) => {
        for (const { id } of await tx.documents(COLLECTION).list()) tx.documents(COLLECTION).delete(id)
        await tx.checkpoint.advance(CHECKPOINT, SLICE, 0)
      }),
  })
  await instance.idle()
  assert.deepEqual(await taken(instance), ALL)
  await instance.stop()
})

test('a checkpoint that was moved meanwhile is looked up again before anything else is read', async () => {
  let reads = 0
  const instance = await started({
    read: async () => {
      reads++
    },
    end: (store) => store.transaction((tx) => tx.checkpoint.advance(CHECKPOINT, SLICE, 0)),
  })
  await instance.idle()
  assert.equal(await instance.store.checkpoint(CHECKPOINT), EVENTS)
  // Once for each slice, ahead of one, and again for those that the checkpoint was set back by.
  assert.ok(reads < 4 * Math.ceil(EVENTS / SLICE), `${reads} reads`)
  await instance.stop()
})

test('reading ahead may fail: what is written stands, and it is read again', async () => {
  let failed = false
  const instance = await started({
    async read({ after }) {
      if (after !== SLICE || failed) return
      failed = true
      throw new Error('the database was away')
    },
    // Long enough for a rejection that nobody handles to end this process.
    end: async () => {
      await nextTurn()
      await nextTurn()
    },
  })
  await instance.idle()
  assert.equal(failed, true)
  assert.equal(await instance.store.checkpoint(CHECKPOINT), EVENTS)
  assert.deepEqual(await taken(instance), ALL)
  await instance.stop()
})

test('who stops waits for what is being read ahead', async () => {
  const log: string[] = []
  const reading = Promise.withResolvers<void>()
  const begun = Promise.withResolvers<Promise<unknown>>()
  const instance = await started({
    async read({ after }) {
      if (after !== SLICE) return
      await reading.promise
      log.push('read')
    },
    async end() {
      const [component] = instance.components
      begun.resolve(Promise.resolve(component?.stop(60_000)).then(() => log.push('stopped')))
    },
  })
  const stopping = begun.promise
  for (let turn = 0; turn < 50; turn++) await nextTurn()
  reading.resolve()
  await stopping
  assert.deepEqual(log, ['read', 'stopped'])
  await instance.stop()
})

test('a version that is superseded ends as such, whatever its checkpoint says', async () => {
  const engine = memoryStoreEngine()
  const before = await engine.openStore()
  await before.append('order-1', [{ type: 'OrderPlaced', data: { sku: 'tea', quantity: 1 } }])
  await before.transaction((tx) => tx.checkpoint.advance(CHECKPOINT, 0, 1))
  await engine.renewEpoch()
  const instance = await openInstance({ engine, renewEpoch: async () => {}, dispose: async () => {} }, [seen])
  await instance.store.transaction((tx) =>
    tx.documents(LIVE).put('seen', { live: 2, collections: [COLLECTION] }),
  )
  await instance.start()
  await instance.idle()
  const health = await instance.components[0]?.health()
  assert.deepEqual([health?.state, health?.error], ['stopped', 'superseded by a newer version'])
  await instance.stop()
})
