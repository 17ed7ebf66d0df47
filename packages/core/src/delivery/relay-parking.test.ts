import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { DocumentReader, EventStore } from '../store/index.ts'
import { memoryStoreEngine } from '../store/memory/index.ts'
import { itemsOf } from './relay-item.ts'
import { relayParking } from './relay-parking.ts'

test('what is parked while somebody looks is not taken for nothing', async () => {
  await using stack = new AsyncDisposableStack()
  const store = stack.adopt(await memoryStoreEngine().openStore(), (it) => it.close())
  const answer = Promise.withResolvers<void>()
  const slow: EventStore = {
    ...store,
    documents<Value>(collection: string): DocumentReader<Value> {
      const documents = store.documents<Value>(collection)
      return {
        ...documents,
        async get(id) {
          const found = await documents.get(id)
          await answer.promise
          return found
        },
      }
    },
  }
  const parking = relayParking(
    slow,
    () => [],
    () => 1,
  )
  const looking = parking.look()
  const { events } = await store.append('s', [{ type: 'Said', data: {} }])
  const [event] = events
  assert.ok(event)
  const message = { id: 'm', key: 'k', headers: {}, value: '' }
  const [item] = itemsOf(event, () => [{ topic: 't', message }])
  assert.ok(item)
  await parking.park(item, { code: 'TooLarge', message: 'too large' })
  answer.resolve()
  assert.equal(await looking, undefined)
  assert.ok(parking.isAny())
  assert.deepEqual(await parking.look(), { keys: 1, redrives: 0 })
})
