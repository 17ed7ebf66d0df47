import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Engine } from '../engine.ts'
import type { EventStore } from '../event-store.ts'
import { emptyData } from '../memory/data.ts'
import { memoryEngine } from '../memory/engine.ts'
import { openStore } from '../open.ts'
import { lookAhead } from './ahead.ts'

const EVENTS = 150

/** As an engine that each question takes a round trip to, and how many questions it was asked. */
function distantStore(data = emptyData()): { readonly store: EventStore; readonly asked: () => number } {
  const engine = memoryEngine('memory:', data, {})
  let asked = 0
  const counted = <Given extends readonly unknown[], Result>(ask: (...given: Given) => Result) => {
    return (...given: Given): Result => {
      asked++
      return ask(...given)
    }
  }
  const distant: Engine = {
    ...engine,
    distant: true,
    stream: counted(engine.stream),
    version: counted(engine.version),
    command: counted(engine.command),
    document: counted(engine.document),
  }
  return { store: openStore(distant), asked: () => asked }
}

const happened = (n: number) => ({ type: 'Happened', data: { n } })

test('what was fetched ahead reads as what was not', async () => {
  const { store } = distantStore()
  await store.append(
    'long',
    Array.from({ length: EVENTS }, (_, n) => happened(n)),
  )
  await store.append('short', [happened(1), happened(2)])
  const version = fc.integer({ min: 1, max: EVENTS + 5 })
  const range = fc.record(
    {
      from: version,
      to: version,
      limit: fc.integer({ min: 0, max: EVENTS + 5 }),
      direction: fc.constantFrom('forward' as const, 'backward' as const),
    },
    { requiredKeys: [] },
  )
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('long', 'short', 'none'),
      version,
      range,
      async (stream, from, options) => {
        const plain = await store.transaction((tx) => tx.read(stream, options))
        const ahead = await store.transaction((tx) => {
          lookAhead(tx, () => [{ streams: [{ stream, from }] }])
          return tx.read(stream, options)
        })
        assert.deepEqual(ahead, plain)
      },
    ),
  )
  await store.close()
})

test('what was fetched ahead is asked for once, and is there for whatever the work reads of it', async () => {
  const { store, asked } = distantStore()
  await store.append('s', [happened(1), happened(2)])
  const record = { commandId: 'c', hash: null, outcome: 'nothing' } as const
  await store.transaction((tx) => {
    tx.commands.record('s', record)
    tx.documents('d').put('x', 1)
  })
  const before = asked()
  const read = await store.transaction(async (tx) => {
    const about = {
      streams: [{ stream: 's', from: 1 }],
      versions: ['other'],
      commands: [{ stream: 's', commandId: 'c' }],
      documents: [{ collection: 'd', id: 'x' }],
    }
    lookAhead(tx, () => [about, about])
    const { events } = await tx.read('s', { from: 2 })
    const { version } = await tx.append('other', [happened(1)])
    return [events.length, version, await tx.commands.find('s', 'c'), await tx.documents('d').get('x')]
  })
  assert.deepEqual(read, [1, 1, record, 1])
  assert.equal(asked() - before, 4)
  await store.close()
})

test('what one reader does to an event that was fetched ahead, the next one does not see', async () => {
  const { store } = distantStore()
  await store.append('s', [happened(1), happened(2)])
  for (const readers of [1, 2]) {
    const seen = await store.transaction(async (tx) => {
      lookAhead(tx, () => Array.from({ length: readers }, () => ({ streams: [{ stream: 's', from: 1 }] })))
      const { events } = await tx.read('s')
      for (const { data } of events) Object.assign(data ?? {}, { n: 'changed' })
      return (await tx.read('s')).events.map(({ data }) => data)
    })
    assert.deepEqual(seen, [{ n: 1 }, { n: 2 }])
  }
  await store.close()
})

test('what changed since it was fetched ahead is no ground to write on: the work runs again', async () => {
  const data = emptyData()
  const { store } = distantStore(data)
  const { store: other } = distantStore(data)
  await store.append('s', [happened(1)])
  const runs: unknown[] = []
  await store.transaction(async (tx) => {
    lookAhead(tx, () => [{ streams: [{ stream: 's', from: 1 }] }])
    if (runs.length === 0) await other.append('s', [happened(2)])
    const { version } = await tx.read('s')
    runs.push(version)
    await tx.append('t', [happened(version)])
  })
  assert.deepEqual(runs, [1, 2])
  assert.deepEqual(
    (await store.read('t')).events.map(({ data }) => data),
    [{ n: 2 }],
  )
  await store.close()
  await other.close()
})
