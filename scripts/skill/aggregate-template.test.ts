import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import process from 'node:process'
import { after, describe, test } from 'node:test'
import { postgres } from '@eventwright/core/postgres'
import { sqlite } from '@eventwright/core/sqlite'
import fc from 'fast-check'
import {
  type AggregateRoot,
  aggregateRoot,
  type EventStore,
  fields,
  integer,
  memorySnapshots,
  memoryStore,
  type NewEvent,
  type Outcome,
  optional,
  Stock,
  type StockCommands,
  type StockState,
  text,
} from '../../skills/building-event-driven-architecture/templates/event-sourcing-aggregate.ts'
import { testDatabase, withoutPostgres } from '../postgres/server.mjs'

const FILE = join(
  import.meta.dirname,
  '../../skills/building-event-driven-architecture/templates/event-sourcing-aggregate.ts',
)
const folder = mkdtempSync(join(tmpdir(), 'eventwright-template-'))
let files = 0
const opened: { close(): Promise<void> }[] = []
after(async () => {
  for (const store of opened) await store.close()
  await database?.drop()
  rmSync(folder, { recursive: true, force: true })
})

async function sqliteStore(file = `${files++}.db`): Promise<EventStore> {
  const store = await sqlite(join(folder, file)).openStore()
  opened.push(store)
  return store
}

let database: Awaited<ReturnType<typeof testDatabase>> | undefined

/** Each in a schema of its own. */
async function postgresStore(): Promise<EventStore> {
  database ??= await testDatabase()
  const store = await postgres(database.url, { schema: `s${files++}` }).openStore()
  opened.push(store)
  return store
}

const STORES: readonly [string, () => Promise<EventStore>, skip?: string | false, runs?: number][] = [
  ['its own store in memory', async () => memoryStore()],
  ["core's store on SQLite", () => sqliteStore()],
  ["core's store on PostgreSQL", postgresStore, withoutPostgres(), 3],
]

type StockRoot = AggregateRoot<StockState, StockCommands>

function reserve(stock: StockRoot, order: string, commandId: string, quantity = 1): Promise<Outcome> {
  return stock.execute('mug', 'ReserveStock', { orderId: order, quantity }, { commandId })
}

const add = (stock: StockRoot, quantity: number, commandId?: string): Promise<Outcome> =>
  stock.execute('mug', 'AddStock', { quantity }, commandId === undefined ? {} : { commandId })

function event(id: string, type: string, data: unknown, schemaVersion = 1): NewEvent {
  return { id, type, data, schemaVersion, metadata: {} }
}

test('the file stands alone: it imports nothing but node:, and its demonstration runs', () => {
  const imported = [...readFileSync(FILE, 'utf8').matchAll(/from '([^']+)'/g)].map(([, from]) => from ?? '')
  assert.ok(imported.length > 0 && imported.every((from) => from.startsWith('node:')), imported.join())
  assert.doesNotMatch(readFileSync(FILE, 'utf8'), /\bany\b(?=[\s;,>)\]]*[;,>)\]=])|as unknown as/)
  const said = execFileSync(process.execPath, [FILE], { encoding: 'utf8', cwd: folder })
  assert.match(
    said,
    /^10 commands, of which 5 were repeated\n3 reserved, 2 refused\n0 available, held by 3 orders/,
  )
})

for (const [name, open, skip = false, numRuns = 15] of STORES) {
  describe(`the template's aggregate on ${name}`, { skip }, () => {
    test('a command that comes again is answered as the first time, whatever happened since', async () => {
      const stock = aggregateRoot(Stock, await open())
      await add(stock, 1)
      const reserved = await reserve(stock, 'o-1', 'c-1')
      const refused = await reserve(stock, 'o-2', 'c-2')
      const nothing = await stock.execute('mug', 'ReleaseStock', { orderId: 'o-9' }, { commandId: 'c-3' })
      await add(stock, 5)
      await reserve(stock, 'o-9', 'c-4')
      const before = await stock.load('mug')
      const again = await reserve(stock, 'o-1', 'c-1')
      assert.equal(reserved.outcome, 'events')
      assert.deepEqual({ ...again, duplicate: false }, reserved)
      assert.equal(again.duplicate, true)
      assert.equal(refused.outcome === 'refused' && refused.refusal, 'NotEnoughStock')
      assert.deepEqual(await reserve(stock, 'o-2', 'c-2'), { ...refused, duplicate: true })
      assert.equal(nothing.outcome, 'nothing')
      const nothingAgain = await stock.execute(
        'mug',
        'ReleaseStock',
        { orderId: 'o-9' },
        { commandId: 'c-3' },
      )
      assert.deepEqual([nothingAgain.outcome, nothingAgain.duplicate], ['nothing', true])
      assert.deepEqual(await stock.load('mug'), before)
    })

    test('one command id with another content is refused loudly', async () => {
      const stock = aggregateRoot(Stock, await open())
      await add(stock, 1, 'c-1')
      await assert.rejects(add(stock, 2, 'c-1'), { code: 'CommandIdReused' })
      assert.equal((await stock.load('mug')).state.available, 1)
    })

    test('of racing commands, each sent three times, as many succeed as there is stock', async () => {
      const store = await open()
      // Roots of their own, as in several processes: nothing but the store keeps them apart.
      const roots = [1, 2, 3].map(() => aggregateRoot(Stock, store, { attempts: 200 }))
      await Promise.all(roots.map((root) => add(root, 7, 'delivery')))
      const sent = Array.from({ length: 10 }, (_, order) =>
        roots.map((root) => reserve(root, `o-${order}`, `c-${order}`)),
      )
      const outcomes = await Promise.all(sent.flat())
      const first = outcomes.filter(({ duplicate }) => !duplicate)
      assert.equal(first.length, 10, 'each command is handled once')
      assert.equal(first.filter(({ outcome }) => outcome === 'events').length, 7)
      const { state, version } = await aggregateRoot(Stock, store).load('mug')
      assert.equal(state.available, 0)
      assert.equal(Object.keys(state.holders).length, 7)
      assert.equal(version, 11)
      for (const order of sent.keys()) {
        const answers = await Promise.all(sent[order] ?? [])
        assert.equal(
          new Set(answers.map(({ outcome, version: at }) => `${outcome} ${at}`)).size,
          1,
          'one answer',
        )
      }
    })

    test('of two creations that race one succeeds, and the other is told the true version', async () => {
      const store = await open()
      const both = await Promise.allSettled(
        ['a', 'b'].map((id) =>
          store.append('x', [event(id, 'StockAdded', { quantity: 1 })], { expect: 'none' }),
        ),
      )
      const failed = both.find(({ status }) => status === 'rejected')
      assert.equal(both.filter(({ status }) => status === 'fulfilled').length, 1)
      assert.equal(failed?.status === 'rejected' && failed.reason.code, 'ConcurrencyError')
      assert.match(failed?.status === 'rejected' ? failed.reason.message : '', /\b1\b/)
    })

    test('event ids are looked at before the expected version, and mean one event only', async () => {
      const store = await open()
      const events = [
        event('e-1', 'StockAdded', { quantity: 1 }),
        event('e-2', 'StockAdded', { quantity: 2 }),
      ]
      await store.append('x', events, { expect: 'none' })
      const traced = events.map((each) => ({ ...each, metadata: { traceparent: 'another try' } }))
      const again = await store.append('x', traced, { expect: 'none' })
      assert.deepEqual([again.duplicate, again.version, again.events.length], [true, 2, 2])
      const reused = { code: 'EventIdReused' }
      await assert.rejects(store.append('y', events), reused)
      await assert.rejects(store.append('x', [event('e-1', 'StockAdded', { quantity: 9 })]), reused)
      await assert.rejects(
        store.append('x', [...events, event('e-3', 'StockAdded', { quantity: 3 })]),
        reused,
      )
      await assert.rejects(store.append('x', events.toReversed()), reused)
      assert.equal((await store.read('x')).version, 2)
    })

    test('what JSON cannot say is refused before it is stored; a field that is undefined is none', async () => {
      const store = await open()
      for (const value of [Number.NaN, 1n, new Date(0), new Map(), [undefined], () => 1]) {
        await assert.rejects(store.append('x', [event('e-1', 'Odd', { value })]), { code: 'InvalidPayload' })
      }
      await store.append('x', [event('e-1', 'Odd', { value: undefined, other: 1 })])
      assert.deepEqual((await store.read('x')).events[0]?.data, { other: 1 })
    })

    test('one id twice in one append is refused', async () => {
      const store = await open()
      const twice = [event('e-1', 'StockAdded', { quantity: 1 }), event('e-1', 'StockAdded', { quantity: 2 })]
      await assert.rejects(store.append('x', twice), { code: 'EventIdReused' })
      assert.equal((await store.read('x')).version, 0)
    })

    test('a field that a newer release adds without a new version is no fault to an older one', async () => {
      const store = await open()
      const noted = fields<{ quantity: number; note?: string }>({
        quantity: integer({ minimum: 1 }),
        note: optional(text()),
      })
      const commands = { ...Stock.commands, AddStock: noted }
      const newer = {
        ...Stock,
        commands,
        events: { ...Stock.events, StockAdded: { version: 1, schema: noted } },
      }
      const given = { quantity: 2, note: 'gift' }
      await aggregateRoot(newer, store).execute('mug', 'AddStock', given)
      assert.deepEqual((await store.read('Stock-mug')).events[0]?.data, given)
      const older = aggregateRoot(Stock, store)
      assert.equal((await older.load('mug')).state.available, 2)
      // What it writes itself is held to its own schema.
      await assert.rejects(older.execute('mug', 'AddStock', given), { code: 'InvalidPayload' })
      const unnoted = { ...given, note: '' }
      await assert.rejects(aggregateRoot(newer, store).execute('mug', 'AddStock', unnoted), {
        code: 'InvalidPayload',
        message: /\/note/,
      })
    })

    test('an expectation of the caller is not retried, but a repeated command is answered', async () => {
      const stock = aggregateRoot(Stock, await open())
      await add(stock, 1)
      const given = { commandId: 'c-1', expect: 1 }
      await stock.execute('mug', 'AddStock', { quantity: 2 }, given)
      assert.equal((await stock.execute('mug', 'AddStock', { quantity: 2 }, given)).duplicate, true)
      const late = stock.execute('mug', 'AddStock', { quantity: 2 }, { commandId: 'c-2', expect: 1 })
      await assert.rejects(late, { code: 'ConcurrencyError' })
    })

    test('a payload that its schema refuses is not stored, and the error has the place', async () => {
      const store = await open()
      const stock = aggregateRoot(Stock, store)
      await assert.rejects(add(stock, 0.5), { code: 'InvalidPayload', message: /\/quantity.*whole number/ })
      const nobody = stock.execute('mug', 'ReleaseStock', { orderId: '' })
      await assert.rejects(nobody, { code: 'InvalidPayload', message: /\/orderId/ })
      const stray = Object.assign({ quantity: 1 }, { note: 'x' })
      await assert.rejects(stock.execute('mug', 'AddStock', stray), {
        code: 'InvalidPayload',
        message: /note/,
      })
      // What decide itself gets wrong is caught as well.
      const broken = {
        ...Stock,
        decide: {
          ...Stock.decide,
          AddStock: () => [{ type: 'StockAdded' as const, data: { quantity: -1 } }],
        },
      }
      await assert.rejects(add(aggregateRoot(broken, store), 1), { code: 'InvalidPayload' })
      assert.equal((await store.read('Stock-mug')).version, 0)
    })

    test('old events are lifted when they are read, and stay as they were stored', async () => {
      const store = await open()
      const stock = aggregateRoot(Stock, store)
      await store.append('Stock-mug', [
        event('e-1', 'StockAdded', { quantity: 5 }),
        event('e-2', 'StockReserved', { order: 'o-1', quantity: 2 }, 1),
      ])
      assert.deepEqual((await stock.load('mug')).state, { available: 3, holders: { 'o-1': 2 } })
      await reserve(stock, 'o-2', 'c-1')
      const { events } = await store.read('Stock-mug')
      assert.deepEqual(
        events.slice(1).map(({ data, schemaVersion }) => [data, schemaVersion]),
        [
          [{ order: 'o-1', quantity: 2 }, 1],
          [{ orderId: 'o-2', quantity: 1 }, 2],
        ],
      )
    })

    test('an event of newer code or of an unknown type stops the load instead of being guessed at', async () => {
      const store = await open()
      await store.append('Stock-new', [event('e-1', 'StockReserved', { orderId: 'o', quantity: 1 }, 3)])
      await store.append('Stock-odd', [event('e-2', 'StockPainted', {})])
      await store.append('Stock-gap', [event('e-3', 'StockReserved', { orderId: 'o', quantity: 1 }, 2)])
      const stock = aggregateRoot(Stock, store)
      await assert.rejects(stock.load('new'), { code: 'NewerEventVersion' })
      await assert.rejects(stock.load('odd'), { code: 'UnknownEventType' })
      const StockReserved = { ...Stock.events.StockReserved, version: 3 }
      const ahead = aggregateRoot({ ...Stock, events: { ...Stock.events, StockReserved } }, store)
      await assert.rejects(ahead.load('gap'), { code: 'NoUpcaster' })
      const wrong = { ...StockReserved, upcast: { 2: () => ({ orderId: 'o', quantity: 0 }) } }
      const lifting = aggregateRoot({ ...Stock, events: { ...Stock.events, StockReserved: wrong } }, store)
      await assert.rejects(lifting.load('gap'), { code: 'InvalidPayload' })
    })

    test('with and without snapshots, kept, lost or out of date, the state and the answers are the same', async () => {
      const command = fc.record({
        kind: fc.constantFrom('add', 'reserve', 'release', 'lose', 'upgrade'),
        id: fc.integer({ min: 1, max: 12 }),
      })
      await fc.assert(
        fc.asyncProperty(fc.array(command, { maxLength: 25 }), async (commands) => {
          const store = await open()
          let snapshots = memorySnapshots<StockState>()
          let stateVersion = 1
          const plain = aggregateRoot(Stock, memoryStore())
          for (const { kind, id } of commands) {
            if (kind === 'lose') snapshots = memorySnapshots()
            if (kind === 'upgrade') stateVersion += 1
            const aggregate = { ...Stock, stateVersion }
            const kept = aggregateRoot(aggregate, store, { snapshots, snapshotEvery: 2 })
            const answers = [await send(kept, kind, id), await send(plain, kind, id)].map(told)
            assert.deepEqual(answers[0], answers[1])
            assert.deepEqual(await kept.load('mug'), await plain.load('mug'))
          }
        }),
        { numRuns },
      )
    })
  })
}

/** The id of the command is its kind and number, so that many are repeats. */
async function send(stock: StockRoot, kind: string, id: number): Promise<Outcome | undefined> {
  const commandId = `${kind}-${id}`
  if (kind === 'add') return add(stock, id, commandId)
  if (kind === 'reserve') return reserve(stock, `o-${id % 4}`, commandId, id)
  if (kind === 'release')
    return stock.execute('mug', 'ReleaseStock', { orderId: `o-${id % 4}` }, { commandId })
  return undefined
}

function told(outcome: Outcome | undefined): unknown {
  if (outcome === undefined) return undefined
  const { events, ...rest } = { events: undefined, ...outcome }
  return { ...rest, events: events?.map(({ type, data, version }) => ({ type, data, version })) }
}

test('a snapshot knows the commands that it stands for', { timeout: 10_000 }, async () => {
  const options = { snapshots: memorySnapshots<StockState>(), snapshotEvery: 1 }
  const stock = aggregateRoot(Stock, memoryStore(), options)
  const first = await add(stock, 1, 'c-1')
  await add(stock, 2, 'c-2')
  assert.deepEqual(await add(stock, 1, 'c-1'), { ...first, duplicate: true })
})

test('a snapshot of another state version is left aside', async () => {
  const store = memoryStore()
  const snapshots = memorySnapshots<StockState>()
  const options = { snapshots, snapshotEvery: 1 }
  await add(aggregateRoot(Stock, store, options), 4)
  const evolve = {
    ...Stock.evolve,
    StockAdded: (state: StockState, { quantity }: { quantity: number }) => ({
      ...state,
      available: state.available + 10 * quantity,
    }),
  }
  const changed = aggregateRoot({ ...Stock, evolve, stateVersion: 2 }, store, options)
  assert.equal((await changed.load('mug')).state.available, 40)
})

test('a snapshot from beyond the end of the stream is left aside: the backup is older than it', async () => {
  const snapshots = memorySnapshots<StockState>()
  const state = { available: 99, holders: {} }
  await snapshots.put('Stock-mug', { stateVersion: 1, version: 50, eventId: 'e-50', state })
  const stock = aggregateRoot(Stock, memoryStore(), { snapshots })
  await add(stock, 4)
  assert.deepEqual(await stock.load('mug'), { state: { available: 4, holders: {} }, version: 1 })
})

test('a snapshot of another history is left aside also when the stream has grown past it', async () => {
  const snapshots = memorySnapshots<StockState>()
  const lost = aggregateRoot(Stock, memoryStore(), { snapshots, snapshotEvery: 2 })
  await add(lost, 100)
  await add(lost, 100)
  const restored = aggregateRoot(Stock, memoryStore(), { snapshots })
  for (const quantity of [1, 2, 3]) await add(restored, quantity)
  assert.equal((await restored.load('mug')).state.available, 6)
})

test('a snapshot that cannot be kept does not undo the command', async () => {
  const failing = { get: async () => undefined, put: () => Promise.reject(new Error('disk full')) }
  const stock = aggregateRoot(Stock, memoryStore(), { snapshots: failing, snapshotEvery: 1 })
  assert.equal((await add(stock, 4)).outcome, 'events')
})

test('snapshots that cannot be read are left aside', async () => {
  const failing = { get: () => Promise.reject(new Error('no connection')), put: async () => {} }
  const stock = aggregateRoot(Stock, memoryStore(), { snapshots: failing })
  assert.equal((await add(stock, 4)).outcome, 'events')
})

test('a snapshot does not grow with the commands that it stands for', async () => {
  const kept: string[] = []
  const rows = memorySnapshots<StockState>()
  const snapshots = {
    get: rows.get,
    put(stream: string, snapshot: Parameters<typeof rows.put>[1]) {
      kept.push(JSON.stringify(snapshot))
      return rows.put(stream, snapshot)
    },
  }
  const stock = aggregateRoot(Stock, memoryStore(), { snapshots, snapshotEvery: 10 })
  for (let n = 0; n < 200; n += 1) await add(stock, 1, `c-${n}`)
  assert.equal(kept.length, 20)
  assert.ok(kept.every((text) => text.length < 250))
})

for (const expect of [undefined, 0]) {
  const how = expect === undefined ? '' : ', also with the version that its caller saw then'
  test(`a command from before the snapshot is answered as the first time${how}`, async () => {
    const snapshots = memorySnapshots<StockState>()
    const stock = aggregateRoot(Stock, memoryStore(), { snapshots, snapshotEvery: 2 })
    const given = { commandId: 'c-1', ...(expect === undefined ? {} : { expect }) }
    const send = (): Promise<Outcome> =>
      stock.execute('mug', 'ReserveStock', { orderId: 'o-1', quantity: 1 }, given)
    const refused = await send()
    const nothing = await stock.execute('mug', 'ReleaseStock', { orderId: 'o-9' }, { commandId: 'c-2' })
    for (let n = 0; n < 9; n += 1) await add(stock, 1)
    assert.deepEqual(await send(), { ...refused, duplicate: true })
    const again = await stock.execute('mug', 'ReleaseStock', { orderId: 'o-9' }, { commandId: 'c-2' })
    assert.deepEqual(again, { ...nothing, duplicate: true })
    await assert.rejects(add(stock, 9, 'c-1'), { code: 'CommandIdReused' })
  })
}

test('a command of several events that ends in a snapshot is answered with all of them', async () => {
  const one = { type: 'StockAdded' as const, data: { quantity: 1 } }
  const decide = { ...Stock.decide, AddStock: () => [one, one, one] }
  const options = { snapshots: memorySnapshots<StockState>(), snapshotEvery: 3 }
  const stock = aggregateRoot({ ...Stock, decide }, memoryStore(), options)
  const first = await add(stock, 3, 'c-1')
  assert.equal(first.outcome === 'events' && first.events.length, 3)
  assert.deepEqual(await add(stock, 3, 'c-1'), { ...first, duplicate: true })
  await add(stock, 3, 'c-2')
  assert.deepEqual(await add(stock, 3, 'c-1'), { ...first, duplicate: true })
})

test('a payload that cannot be shown as JSON is refused like any other', async () => {
  const stock = aggregateRoot(Stock, memoryStore())
  const odd: { quantity: number } = Object.assign({ quantity: 1 }, { quantity: 1n })
  await assert.rejects(stock.execute('mug', 'AddStock', odd), { code: 'InvalidPayload' })
  for (const quantity of [Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
    await assert.rejects(add(stock, quantity), { code: 'InvalidPayload' })
  }
})

test('ids that a store says it has, with no answer in the stream, are an error and no endless search', {
  timeout: 60_000,
}, async () => {
  const inner = memoryStore()
  // A replica that is behind: it reads nothing of what was written.
  const stale: EventStore = { append: inner.append, read: async () => ({ events: [], version: 0 }) }
  const stock = aggregateRoot(Stock, stale, { attempts: 3 })
  await add(stock, 1, 'c-1')
  await assert.rejects(add(stock, 1, 'c-1'), { code: 'EventIdReused' })
})

test('an answer that was lost is asked for again also where the caller expects a version', async () => {
  const inner = memoryStore()
  let losses = 2
  const lossy: EventStore = {
    ...inner,
    async append(...given) {
      if (losses-- === 2) throw Object.assign(new Error('lost on the way'), { code: 'UnknownOutcomeError' })
      const appended = await inner.append(...given)
      if (losses >= 0) throw Object.assign(new Error('answer lost'), { code: 'UnknownOutcomeError' })
      return appended
    },
  }
  const given = { commandId: 'c-1', expect: 0 }
  const outcome = await aggregateRoot(Stock, lossy).execute('mug', 'AddStock', { quantity: 4 }, given)
  assert.deepEqual([outcome.outcome, outcome.version], ['events', 1])
  assert.equal((await inner.read('Stock-mug')).version, 1)
})

test('whatever gets lost or overtaken, a command id has one answer, and nothing is sold twice', async () => {
  const sent = fc.array(
    fc.record({ kind: fc.constantFrom('add', 'reserve', 'release'), id: fc.integer({ min: 1, max: 6 }) }),
    { minLength: 10, maxLength: 30 },
  )
  const faults = fc.array(fc.constantFrom('none', 'lost before', 'lost after', 'slow'), { minLength: 5 })
  await fc.assert(
    fc.asyncProperty(sent, faults, async (commands, plan) => {
      const inner = memoryStore()
      const snapshots = memorySnapshots<StockState>()
      const options = { snapshots, snapshotEvery: 3, attempts: 500 }
      await add(aggregateRoot(Stock, inner), 7, 'delivery')
      const roots = [0, 1, 2].map((turn) => aggregateRoot(Stock, unreliable(inner, plan, turn), options))
      const answers = await Promise.all(
        commands.flatMap(({ kind, id }) =>
          roots.map(async (root) => [`${kind}-${id}`, told(await send(root, kind, id))]),
        ),
      )
      const firsts = new Map(answers.map(([id, answer]) => [id, answer]))
      for (const [id, answer] of answers)
        assert.deepEqual(withoutDuplicate(answer), withoutDuplicate(firsts.get(id)))
      const done = answers.filter(([, answer]) => isFirst(answer)).map(([id]) => id)
      assert.equal(new Set(done).size, done.length, 'at most one is told that it was the first')
      const { events } = await inner.read('Stock-mug')
      assert.equal(new Set(events.map(({ metadata }) => metadata.commandId)).size, firsts.size + 1)
      assert.equal(events.length, firsts.size + 1)
      checkHistory(events)
    }),
    { numRuns: 30 },
  )
})

/** Fails and dawdles by the plan, over and over: before it has written, or after. */
function unreliable(inner: EventStore, plan: readonly string[], turn: number): EventStore {
  let calls = turn
  return {
    async append(...given) {
      const fault = plan[calls++ % plan.length]
      const lost = Object.assign(new Error(fault), { code: 'UnknownOutcomeError' })
      // Never twice in a row, or a plan of nothing else would fail for ever.
      const fails = calls % 2 === 0
      if (fault === 'lost before' && fails) throw lost
      if (fault === 'slow') await new Promise(setImmediate)
      const appended = await inner.append(...given)
      if (fault === 'lost after' && fails) throw lost
      return appended
    },
    async read(...given) {
      const found = await inner.read(...given)
      if (plan[calls % plan.length] === 'slow') await new Promise(setImmediate)
      return found
    },
  }
}

/** Each event was decided on what stood before it. */
function checkHistory(events: readonly { readonly type: string; readonly data: unknown }[]): void {
  let available = 0
  const held = new Map<string, number>()
  for (const { type, data } of events) {
    const { orderId = '', quantity = 0 }: { orderId?: string; quantity?: number } = Object(data)
    if (type === 'StockAdded') available += quantity
    if (type === 'StockReserved') {
      assert.ok(quantity <= available && !held.has(orderId), `${orderId} takes ${quantity} of ${available}`)
      available -= quantity
      held.set(orderId, quantity)
    }
    if (type === 'StockReleased') {
      assert.equal(held.get(orderId), quantity, 'what is released was held')
      available += quantity
      held.delete(orderId)
    }
  }
}

function isFirst(answer: unknown): boolean {
  return typeof answer === 'object' && answer !== null && 'duplicate' in answer && answer.duplicate === false
}

function withoutDuplicate(answer: unknown): unknown {
  return typeof answer === 'object' && answer !== null ? { ...answer, duplicate: undefined } : answer
}

test('a store whose version is ahead of the events that it reads sells nothing twice', async () => {
  const inner = memoryStore()
  const other = aggregateRoot(Stock, inner)
  await add(other, 1)
  let overtaken = false
  const torn: EventStore = {
    ...inner,
    async read(...given) {
      const { events } = await inner.read(...given)
      if (!overtaken) {
        overtaken = true
        await reserve(other, 'o-1', 'c-1')
      }
      return { events, version: (await inner.read('Stock-mug')).version }
    },
  }
  assert.equal((await reserve(aggregateRoot(Stock, torn), 'o-2', 'c-2')).outcome, 'refused')
  assert.equal((await other.load('mug')).state.available, 0)
})

test('two commands share no event id, whatever signs are in their names', async () => {
  const stock = aggregateRoot(Stock, memoryStore(), { attempts: 2 })
  const first = await stock.execute('a/b', 'AddStock', { quantity: 1 }, { commandId: 'c' })
  const second = await stock.execute('a', 'AddStock', { quantity: 2 }, { commandId: 'b/c' })
  assert.deepEqual([first.duplicate, second.duplicate], [false, false])
})

test('what evolve cannot take is not stored: the stream stays open', async () => {
  const evolve = {
    ...Stock.evolve,
    StockAdded: (): StockState => {
      throw new Error('a fault in evolve')
    },
  }
  const store = memoryStore()
  await assert.rejects(add(aggregateRoot({ ...Stock, evolve }, store), 1), /a fault in evolve/)
  assert.equal((await store.read('Stock-mug')).version, 0)
  assert.equal((await add(aggregateRoot(Stock, store), 1)).outcome, 'events')
})

test('names that every object has are names like others, and no types', async () => {
  const stock = aggregateRoot(Stock, memoryStore())
  await add(stock, 9)
  for (const name of ['__proto__', 'constructor', 'toString']) {
    const release = (commandId: string): Promise<Outcome> =>
      stock.execute('mug', 'ReleaseStock', { orderId: name }, { commandId })
    assert.equal((await release(`never reserved ${name}`)).outcome, 'nothing')
    assert.equal((await reserve(stock, name, name, 2)).outcome, 'events')
    assert.equal((await reserve(stock, name, name, 2)).duplicate, true)
    assert.equal((await reserve(stock, name, `again ${name}`)).outcome, 'refused')
    assert.equal((await stock.load('mug')).state.available, 7)
    assert.equal((await release(`reserved ${name}`)).outcome, 'events')
    assert.equal((await stock.load('mug')).state.available, 9)
    const stray: { quantity: number } = JSON.parse(`{ "quantity": 1, "${name}": 1 }`)
    await assert.rejects(stock.execute('mug', 'AddStock', stray), { code: 'InvalidPayload' })
    // As from an HTTP request, whose path no compiler has seen.
    const type: 'AddStock' = JSON.parse(JSON.stringify(name))
    await assert.rejects(stock.execute('mug', type, { quantity: 1 }), { code: 'UnknownCommand' })
  }
})

test('an empty command id is none: not every request without a header is the same command', async () => {
  await assert.rejects(add(aggregateRoot(Stock, memoryStore()), 1, ''), { code: 'InvalidCommandId' })
})

test('a lost answer is asked for again: the command happens once', async () => {
  const inner = memoryStore()
  let losses = 3
  const lossy: EventStore = {
    ...inner,
    async append(...given) {
      const appended = await inner.append(...given)
      if (losses-- > 0) throw Object.assign(new Error('connection lost'), { code: 'UnknownOutcomeError' })
      return appended
    },
  }
  const outcome = await add(aggregateRoot(Stock, lossy), 4, 'c-1')
  assert.deepEqual([outcome.outcome, outcome.version], ['events', 1])
  assert.equal((await inner.read('Stock-mug')).version, 1)
})

test('a miss of the caller’s expectation is not looked at twice', async () => {
  const inner = memoryStore()
  await add(aggregateRoot(Stock, inner), 1)
  let reads = 0
  const counted: EventStore = {
    ...inner,
    read(...given) {
      reads += 1
      return inner.read(...given)
    },
  }
  const late = aggregateRoot(Stock, counted).execute('mug', 'AddStock', { quantity: 1 }, { expect: 0 })
  await assert.rejects(late, { code: 'ConcurrencyError' })
  assert.equal(reads, 1)
})

test('a repeat that was decided on an older state takes the answer that stands', async () => {
  const inner = memoryStore()
  const other = aggregateRoot(Stock, inner)
  let overtaken = false
  const slow: EventStore = {
    ...inner,
    async append(...given) {
      if (!overtaken) {
        overtaken = true
        await add(other, 1)
        await reserve(other, 'o-1', 'c-1')
      }
      return inner.append(...given)
    },
  }
  const outcome = await reserve(aggregateRoot(Stock, slow), 'o-1', 'c-1')
  assert.deepEqual([outcome.outcome, outcome.duplicate], ['events', true])
})

test('two stores on one file decide each command once', async () => {
  const stores = await Promise.all([sqliteStore('shared.db'), sqliteStore('shared.db')])
  const roots = stores.map((store) => aggregateRoot(Stock, store, { attempts: 200 }))
  const [root] = roots
  assert.ok(root)
  await add(root, 3)
  const outcomes = await Promise.all(
    roots.flatMap((each) => ['1', '2', '3', '4', '5'].map((n) => reserve(each, `o-${n}`, `c-${n}`))),
  )
  assert.equal(outcomes.filter(({ duplicate }) => !duplicate).length, 5)
  assert.equal((await root.load('mug')).state.available, 0)
})

test('the state that a store gives out is nobody else’s', async () => {
  const store = memoryStore()
  const data = { quantity: 1 }
  await store.append('x', [event('e-1', 'StockAdded', data)])
  data.quantity = 2
  assert.deepEqual((await store.read('x')).events[0]?.data, { quantity: 1 })
})

test('schemas of another library fit, since they too have parse', () => {
  const schema = fields<{ quantity: number }>({
    quantity: { parse: (value) => integer({ minimum: 3 }).parse(value) },
  })
  assert.throws(() => schema.parse({ quantity: 2 }), { code: 'InvalidPayload' })
  assert.deepEqual(schema.parse({ quantity: 3 }), { quantity: 3 })
})
