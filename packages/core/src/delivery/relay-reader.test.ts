import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { EventStore } from '../store/index.ts'
import { memoryStoreEngine } from '../store/memory/index.ts'
import type { Route } from './relay-item.ts'
import { type RelayReader, type RelaySlice, relayReader } from './relay-reader.ts'

interface Reading {
  readonly store: EventStore
  readonly reader: RelayReader
  /** After which positions the log was read. */
  readonly reads: number[]
  fails: boolean
}

async function reading(
  stack: AsyncDisposableStack,
  limit: number,
  route: Route = () => [],
): Promise<Reading> {
  const store = stack.adopt(await memoryStoreEngine().openStore(), (it) => it.close())
  const reads: number[] = []
  const watched: EventStore = {
    ...store,
    async readAll(query) {
      reads.push(query?.after ?? 0)
      if (it.fails) throw new Error('out of reach')
      return store.readAll(query)
    },
  }
  const settings = { route, prepare: async () => {}, look: async () => undefined, limit }
  const it: Reading = { store, reader: relayReader(watched, settings), reads, fails: false }
  return it
}

async function append(store: EventStore, count: number): Promise<void> {
  for (let at = 0; at < count; at++) await store.append('s', [{ type: 'Said', data: {} }])
}

const positions = ({ events }: RelaySlice): number[] => events.map(({ event }) => event.position)

test('what was read ahead is given when its turn comes, and once', async () => {
  await using stack = new AsyncDisposableStack()
  const { store, reader, reads } = await reading(stack, 2)
  await append(store, 4)
  assert.deepEqual(positions(await reader.after(0)), [1, 2])
  reader.begin(2)
  assert.deepEqual(positions(await reader.after(2)), [3, 4])
  assert.deepEqual(reads, [0, 2])
  assert.deepEqual(positions(await reader.after(2)), [3, 4])
  assert.deepEqual(reads, [0, 2, 2])
})

test('what was read ahead after another position is not used', async () => {
  await using stack = new AsyncDisposableStack()
  const { store, reader } = await reading(stack, 2)
  await append(store, 4)
  reader.begin(2)
  assert.deepEqual(positions(await reader.after(0)), [1, 2])
})

test('what was not there when it was read ahead is found when its turn comes', async () => {
  await using stack = new AsyncDisposableStack()
  const { store, reader, reads } = await reading(stack, 2)
  reader.begin(0)
  await append(store, 1)
  assert.deepEqual(positions(await reader.after(0)), [1])
  assert.deepEqual(reads, [0, 0])
})

test('what was forgotten is read anew', async () => {
  await using stack = new AsyncDisposableStack()
  const { store, reader, reads } = await reading(stack, 2)
  await append(store, 2)
  reader.begin(0)
  await reader.forget()
  assert.deepEqual(positions(await reader.after(0)), [1, 2])
  assert.deepEqual(reads, [0, 0])
})

test('an error of what was read ahead is told to who asks for it, and to nobody once it is forgotten', async () => {
  await using stack = new AsyncDisposableStack()
  const reads = await reading(stack, 2)
  reads.fails = true
  reads.reader.begin(0)
  await assert.rejects(reads.reader.after(0), /out of reach/)
  reads.reader.begin(0)
  await reads.reader.forget()
  reads.fails = false
  assert.deepEqual(positions(await reads.reader.after(0)), [])
})

test('of large messages few are read at a time, and of a log that nobody knows yet a hundred', async () => {
  await using stack = new AsyncDisposableStack()
  const value = 'x'.repeat(900_000)
  const message = { id: 'm', key: 'k', headers: {}, value }
  const { store, reader } = await reading(stack, 1000, () => [{ topic: 't', message }])
  await append(store, 120)
  const first = await reader.after(0)
  assert.equal(first.events.length, 100)
  assert.ok(first.isFull)
  assert.equal((await reader.after(first.examined)).events.length, 8)
})
