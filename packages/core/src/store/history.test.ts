import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { withoutPostgres } from '../../../../scripts/postgres/server.mjs'
import type { NewEvent } from '../event/index.ts'
import type { EventStore, Expect, StoreEngine } from './index.ts'
import { memoryStoreEngine } from './memory/index.ts'
import { freshStores } from './postgres/fixtures/fresh.ts'
import { sqliteStoreEngine } from './sqlite/index.ts'

const folder = mkdtempSync(join(tmpdir(), 'eventwright-history-'))
after(() => rmSync(folder, { recursive: true }))

interface Kept {
  readonly id: string | undefined
  readonly n: number
}

interface Append {
  readonly stream: string
  readonly events: readonly Kept[]
  readonly expect: Expect
}

/** What a store is, said as simply as can be: lists of events by stream. */
class Model {
  readonly streams = new Map<string, Kept[]>()
  count = 0
  checkpoint = 0

  append({ stream, events, expect }: Append): string {
    const ids = events.map(({ id }) => id)
    const given = ids.filter((id) => id !== undefined)
    if (new Set(given).size < given.length) return 'EventIdReused'
    const places = ids.map((id) => this.find(id))
    const list = this.streams.get(stream) ?? []
    if (places.some((place) => place !== undefined)) {
      const first = places[0]?.index ?? -1
      const same = places.every(
        (place, index) =>
          place?.stream === stream &&
          place.index === first + index &&
          list[place.index]?.n === events[index]?.n,
      )
      return same ? `duplicate ${first + events.length}` : 'EventIdReused'
    }
    const holds =
      expect === 'any' ||
      expect === list.length ||
      (expect === 'none' ? list.length === 0 : expect === 'exists' && list.length > 0)
    if (!holds) return `ConcurrencyError ${list.length}`
    if (events.length > 0) this.streams.set(stream, [...list, ...events])
    return `done ${list.length + events.length}`
  }

  find(id: string | undefined): { readonly stream: string; readonly index: number } | undefined {
    if (id === undefined) return undefined
    for (const [stream, list] of this.streams) {
      const index = list.findIndex((event) => event.id === id)
      if (index >= 0) return { stream, index }
    }
    return undefined
  }
}

const id = fc.option(
  fc
    .integer({ min: 1, max: 12 })
    .map((n) => (n % 2 === 0 ? `id-${n}` : `0199c2a0-0000-7000-8000-00000000000${n % 10}`)),
  { nil: undefined, freq: 2 },
)
const append: fc.Arbitrary<Append> = fc.record({
  stream: fc.constantFrom('a', 'b', 'c'),
  events: fc.array(fc.record({ id, n: fc.integer({ min: 0, max: 1 }) }), { maxLength: 3 }),
  expect: fc.oneof(fc.constantFrom<Expect>('any', 'any', 'none', 'exists'), fc.integer({ min: 0, max: 12 })),
})
const turn = fc.record({
  writer: fc.constantFrom(0, 1),
  appends: fc.array(append, { minLength: 1, maxLength: 8 }),
  counted: fc.integer({ min: 0, max: 4 }),
  advance: fc.boolean(),
})

type Turn = typeof turn extends fc.Arbitrary<infer T> ? T : never

async function ask(store: EventStore, { stream, events, expect }: Append): Promise<string> {
  const given = events.map(({ id: own, n }): NewEvent => {
    const event = { type: 'Happened', data: { n } }
    return own === undefined ? event : { ...event, id: own }
  })
  try {
    const { duplicate, version } = await store.append(stream, given, { expect })
    return `${duplicate ? 'duplicate' : 'done'} ${version}`
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error)) throw error
    return error.code === 'ConcurrencyError' && 'actual' in error
      ? `ConcurrencyError ${error.actual}`
      : String(error.code)
  }
}

async function count(store: EventStore): Promise<void> {
  await store.transaction(async (tx) => {
    const before = (await tx.documents<number>('d').get('count')) ?? 0
    const { version } = await tx.append('counted', [{ type: 'Counted', data: before }])
    assert.equal(version, before + 1)
    tx.documents('d').put('count', before + 1)
    tx.documents<number>('d').update('updates', (n) => (n ?? 0) + 1)
  })
}

async function compare(stores: readonly EventStore[], model: Model): Promise<void> {
  for (const store of stores) {
    for (const [stream, list] of model.streams) {
      const { events, version } = await store.read(stream)
      assert.equal(version, list.length)
      assert.deepEqual(
        events.map(({ version: at, data }) => [at, data]),
        list.map(({ n }, index) => [index + 1, { n }]),
      )
    }
    assert.equal((await store.documents<number>('d').get('count')) ?? 0, model.count)
    assert.equal((await store.documents<number>('d').get('updates')) ?? 0, model.count)
    assert.equal((await store.read('counted')).version, model.count)
    assert.equal(await store.checkpoint('p'), model.checkpoint)
    const { events } = await store.readAll({ limit: 100_000 })
    const versions = new Map<string, number>()
    for (const { stream, version } of events) {
      assert.equal(version, (versions.get(stream) ?? 0) + 1, 'the log keeps the order of each stream')
      versions.set(stream, version)
    }
  }
}

async function follows(engine: StoreEngine, turns: readonly Turn[]): Promise<number> {
  const stores = [await engine.openStore(), await engine.openStore()]
  const model = new Model()
  let operations = 0
  for (const { writer, appends, counted, advance } of turns) {
    const store = stores[writer]
    const other = stores[1 - writer]
    if (store === undefined || other === undefined) continue
    const expected = appends.map((asked) => model.append(asked))
    const counting = Array.from({ length: counted }, (_, n) => count(n % 2 === 0 ? store : other))
    const answers = await Promise.all(appends.map((asked) => ask(store, asked)))
    assert.deepEqual(answers, expected)
    await Promise.all(counting)
    model.count += counted
    if (advance) {
      const from = model.checkpoint
      const racing = stores.map((by) => by.transaction((tx) => tx.checkpoint.advance('p', from, from + 1)))
      const told = await Promise.allSettled(racing)
      assert.equal(told.filter(({ status }) => status === 'fulfilled').length, 1)
      model.checkpoint++
    }
    operations += appends.length + counted + 1
  }
  await compare(stores, model)
  for (const store of stores) await store.close()
  return operations
}

interface Fresh {
  readonly engine: StoreEngine
  readonly dispose?: () => Promise<void>
}

interface Side {
  readonly fresh: (n: number) => Fresh
  readonly numRuns: number
  /** In all runs. */
  readonly operations: number
}

async function hold(name: string, { fresh, numRuns, operations: least }: Side): Promise<void> {
  let files = 0
  let operations = 0
  await fc.assert(
    fc.asyncProperty(fc.array(turn, { minLength: 10, maxLength: 25 }), async (turns) => {
      const { engine, dispose } = fresh(files++)
      operations += await follows(engine, turns)
      await dispose?.()
    }),
    { numRuns, endOnFailure: true },
  )
  assert.ok(operations >= least, `${name}: ${operations} operations`)
}

const embedded: readonly (readonly [string, Side])[] = [
  ['memory', { fresh: () => ({ engine: memoryStoreEngine() }), numRuns: 60, operations: 1_500 }],
  [
    'sqlite',
    {
      fresh: (n) => ({ engine: sqliteStoreEngine(join(folder, `${n}.db`), { synchronous: 'normal' }) }),
      numRuns: 25,
      operations: 1_500,
    },
  ],
]

for (const [name, side] of embedded) {
  test(`${name}: random histories of two writers go as the model says`, { timeout: 120_000 }, () =>
    hold(name, side),
  )
}

test('postgres: random histories of two writers go as the model says', {
  skip: withoutPostgres(),
  timeout: 120_000,
}, async () => {
  const stores = await freshStores(18)
  // As many as the shortest histories have.
  await hold('postgres', { fresh: stores.take, numRuns: 5, operations: 100 })
  await stores.drop()
})
