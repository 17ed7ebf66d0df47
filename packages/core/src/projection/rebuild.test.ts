import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { createCatalog } from '../catalog/index.ts'
import type { EventStore, ViewedDocument } from '../store/index.ts'
import { memoryStoreEngine } from '../store/memory/index.ts'
import { openInstance } from '../testing/projection/place.ts'
import { buildProjection } from './builder.ts'
import { caughtUp } from './caught-up.ts'
import type { ProjectionDefinition, ProjectionTx } from './definition.ts'
import { liveProjection } from './live-view.ts'
import { rebuildProjection } from './rebuild.ts'

type Op = { readonly op: string; readonly id: string; readonly n: number }
const catalog = createCatalog<{ Did: { readonly ops: readonly Op[] }; Other: {} }>({ namespace: 'test' })

async function apply({ op, id, n }: Op, tx: ProjectionTx): Promise<void> {
  const documents = tx.documents<{ readonly n: number }>(op === 'far' ? 'far' : 'near')
  switch (op) {
    case 'delete':
      return documents.delete(id)
    case 'update':
      return documents.update(id, (now) => (n === 0 ? undefined : { n: (now?.n ?? 0) + n }))
    case 'get':
      return documents.put(id, { n: ((await documents.get(id))?.n ?? 0) * 2 + n })
    case 'list': {
      const found = await documents.list({ prefix: [...id][0] ?? '', after: 'a', limit: n })
      return documents.put(`seen-${id}`, { n: found.reduce((sum, { value }) => sum + value.n, found.length) })
    }
    default:
      return documents.put(id, { n })
  }
}

const wild: ProjectionDefinition = buildProjection(
  catalog,
  'wild',
  1,
  {
    async Did({ data }, tx) {
      for (const op of data.ops) await apply(op, tx)
    },
  },
  { collections: ['near', 'far'] },
)

const steps = fc.array(
  fc.record({
    tenant: fc.constantFrom('', 'a'),
    ops: fc.array(
      fc.record({
        op: fc.constantFrom('put', 'delete', 'update', 'get', 'list', 'far'),
        id: fc.constantFrom('a', 'ab', 'b', 'ä', '😀', '\uFFFD'),
        n: fc.integer({ min: 0, max: 5 }),
      }),
      { maxLength: 5 },
    ),
  }),
  { maxLength: 12 },
)

const place = () => {
  const engine = memoryStoreEngine()
  return { engine, renewEpoch: () => engine.renewEpoch(), dispose: async () => {} }
}

async function rebuilt(
  store: EventStore,
  definition: ProjectionDefinition,
): Promise<readonly ViewedDocument[]> {
  const live = await liveProjection(store, definition)
  assert.ok(live)
  const rebuild = rebuildProjection(definition)
  const { events } = await store.readAll()
  for (const event of events) if (live.hasTaken(event)) await rebuild.take(event)
  const documents = [...rebuild.documents()]
  for (const document of documents) assert.equal(rebuild.text(document), document.text)
  return documents
}

const sorted = (documents: readonly ViewedDocument[]): readonly string[] =>
  documents.map(({ tenant, collection, id, text }) => JSON.stringify([tenant, collection, id, text])).sort()

test('whatever handlers write, a rebuild in memory has the same documents as the live read model', async () => {
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 1, max: 4 }), async (told, batch) => {
      const running = await openInstance(place(), [wild], { batch })
      for (const { tenant, ops } of told)
        await running.store.append('s', [{ type: 'Did', data: { ops } }], { tenant })
      await running.start()
      await caughtUp(running.store, 'wild', 1)
      const live = await liveProjection(running.store, wild)
      assert.deepEqual(sorted(await rebuilt(running.store, wild)), sorted(live?.documents ?? []))
      await running.stop()
    }),
    { numRuns: 40 },
  )
})

test('an inline read model is compared by what each stream has in it, also before its checkpoint comes there', async () => {
  const inline = buildProjection(
    catalog,
    'inline',
    1,
    { Did: ({ stream }, tx) => tx.documents<number>('inline').update(stream, (n = 0) => n + 1) },
    { inline: true },
  )
  const at = place()
  const running = await openInstance(at, [inline])
  const plain = await at.engine.openStore({ catalog })
  const did = [{ type: 'Did', data: { ops: [] } }]
  await running.store.append('a', did)
  await plain.append('b', did)
  await running.store.append('b', did)
  await plain.append('a', did)
  await plain.append('c', did)
  const live = await liveProjection(plain, inline)
  assert.deepEqual([live?.position, live?.end], [0, 5])
  assert.deepEqual(sorted(live?.documents ?? []), [
    JSON.stringify(['', 'inline', 'a', '1']),
    JSON.stringify(['', 'inline', 'b', '2']),
  ])
  assert.deepEqual(sorted(await rebuilt(plain, inline)), sorted(live?.documents ?? []))
  await plain.close()
  await running.stop()
})

test('a tenant whose documents are ahead of the others, as after a crash between two units, is seen as far as it is', async () => {
  const at = place()
  const running = await openInstance(at, [wild])
  const { store } = running
  const put = (id: string) => [{ type: 'Did', data: { ops: [{ op: 'put', id, n: 1 }] } }]
  await store.append('s', put('a'), { tenant: 'a' })
  await running.start()
  await caughtUp(store, 'wild', 1)
  await running.stop()
  const again = await openInstance(at, [wild])
  await again.store.append('s', put('b'))
  const { position } = await again.store.append('s', put('b'), { tenant: 'a' })
  await again.store.transaction(
    async (tx) => {
      tx.documents('eventwright.projection.near@1').put('b', { n: 1 })
      await tx.checkpoint.advance('projection:wild@1', 1, position)
    },
    { tenant: 'a' },
  )
  const live = await liveProjection(again.store, wild)
  assert.deepEqual([live?.position, live?.end], [1, position])
  assert.deepEqual(sorted(await rebuilt(again.store, wild)), sorted(live?.documents ?? []))
  await again.store.close()
})

test('documents and how far they are come of one read, whatever is written right after it', async () => {
  const running = await openInstance(place(), [wild])
  const { store } = running
  await running.start()
  const step = async (): Promise<void> => {
    const { position } = await store.append('s', [
      { type: 'Did', data: { ops: [{ op: 'update', id: 'a', n: 1 }] } },
    ])
    await caughtUp(store, 'wild', 1, position)
  }
  await step()
  const busy: EventStore = {
    ...store,
    async view(query) {
      const view = await store.view(query)
      await step()
      return view
    },
  }
  const live = await liveProjection(busy, wild)
  assert.deepEqual([live?.position, live?.documents.map(({ text }) => text)], [1, ['{"n":1}']])
  await running.stop()
})

test('an event that a handler cannot take, or that is newer than the code, stops a rebuild and is named', async () => {
  const store = await memoryStoreEngine().openStore()
  await store.append('s', [
    { type: 'Did', data: { ops: [] } },
    { type: 'Did', data: {}, schemaVersion: 2 },
  ])
  const { events } = await store.readAll()
  const [first, second] = events
  assert.ok(first && second)
  await assert.rejects(rebuildProjection(wild).take(second), {
    code: 'NewerEventVersion',
    message: /Projection wild, at position 2 \(s\)/,
  })
  const broken = buildProjection(catalog, 'broken', 1, {
    Did: (_e, tx) =>
      tx.documents('broken').update('x', () => {
        throw new Error('no')
      }),
  })
  await assert.rejects(rebuildProjection(broken).take(first), { code: 'HandlerFailure', reason: 'no' })
  await store.close()
})
