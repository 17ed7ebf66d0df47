import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { testDatabase, withoutPostgres } from '../../../../scripts/postgres/server.mjs'
import type { RecordedEvent } from '../event/index.ts'
import type { EventStore, LogQuery, StoreEngine, StoreOptions } from './event-store.ts'
import { memoryStoreEngine } from './memory/index.ts'
import { postgresStoreEngine } from './postgres/store-engine.ts'
import { sqliteStoreEngine } from './sqlite/index.ts'

const NAMES = ['a', 'b', 'c'] as const
const name = fc.constantFrom(...NAMES)
const written = fc.record({
  tenant: fc.constantFrom('', 't'),
  stream: name,
  type: name,
  time: fc.nat(20),
  metadata: fc.record({ correlationId: name, commandId: name }, { requiredKeys: [] }),
})

const position = fc.integer({ min: -2, max: 45 })
const paging: fc.Arbitrary<LogQuery> = fc.record(
  { after: position, before: position, direction: fc.constantFrom('forward', 'backward'), limit: fc.nat(6) },
  { requiredKeys: [] },
)
/** One at a time, so that most of them find something; the empty one for none at all. */
const filter: fc.Arbitrary<LogQuery> = fc.oneof(
  fc.constant({}),
  fc.record({ tenant: fc.constantFrom('', 't') }),
  fc.record({ stream: name }),
  fc.record({ id: fc.constantFrom('e-1', 'e-2', 'e-3') }),
  fc.record({ correlationId: fc.constantFrom(...NAMES, 'e-1', 'e-2', 'e-3', 'e-4', 'e-5') }),
  fc.record({ commandId: name }),
  fc.record({ since: fc.nat(20) }),
  fc.record({ until: fc.nat(20) }),
  fc.record({ types: fc.subarray([...NAMES]) }),
)
const query: fc.Arbitrary<LogQuery> = fc
  .tuple(paging, filter, filter)
  .map(([pages, one, other]) => ({ ...pages, ...one, ...other }))

function matches(asked: LogQuery, event: RecordedEvent): boolean {
  const { after = 0, before = Infinity, since = 0, until = Infinity } = asked
  return (
    event.position > after &&
    event.position < before &&
    event.recordedAt >= since &&
    event.recordedAt <= until &&
    (asked.types === undefined || asked.types.includes(event.type)) &&
    (asked.tenant ?? event.tenant) === event.tenant &&
    (asked.stream ?? event.stream) === event.stream &&
    (asked.id ?? event.id) === event.id &&
    (asked.correlationId === undefined ||
      asked.correlationId === (event.metadata.correlationId ?? event.id)) &&
    (asked.commandId === undefined || asked.commandId === event.metadata.commandId)
  )
}

/** What an answer claims is all that was asked for of what it says it has examined, and it gets on. */
async function check(store: EventStore, all: readonly RecordedEvent[], asked: LogQuery): Promise<void> {
  const { after = 0, before = Infinity, limit = 1_000, direction = 'forward' } = asked
  const { events, examined } = await store.readAll(asked)
  const wanted = all.filter((event) => matches(asked, event))
  const start = Math.max(0, after)
  if (direction === 'forward') {
    assert.deepEqual(
      events,
      wanted.filter((event) => event.position <= examined),
    )
    assert.ok(examined <= Math.max(start, Math.min(all.length, before - 1)), `${examined} was not examined`)
    if (events.length < limit) assert.ok(examined >= Math.min(all.length, before - 1))
  } else {
    assert.deepEqual(events, wanted.filter((event) => event.position >= examined).toReversed())
    assert.ok(examined >= Math.min(start + 1, before, all.length + 1), `${examined} was not examined`)
    if (events.length < limit) assert.ok(examined <= start + 1)
  }
  assert.ok(events.length <= limit)
}

async function holds(
  engine: StoreEngine,
  options: (time: () => number) => StoreOptions,
  numRuns = 8,
): Promise<void> {
  await fc.assert(
    fc.asyncProperty(
      fc.array(written, { minLength: 10, maxLength: 40 }),
      fc.array(query, { minLength: 30, maxLength: 30 }),
      async (events, queries) => {
        let now = 0
        const store = await engine.openStore(options(() => now))
        const end = await store.head()
        for (const [index, { tenant, stream, type, time, metadata }] of events.entries()) {
          now = time
          const id = `e-${end + index}`
          await store.append(stream, [{ type, data: {}, id, metadata }], { tenant })
        }
        const { events: all } = await store.readAll()
        assert.equal(all.length, end + events.length)
        for (const asked of queries) await check(store, all, asked)
        await store.close()
      },
    ),
    { numRuns },
  )
}

const clocked = (now: () => number): StoreOptions => ({ clock: { now, at: () => () => {} } })

test('memory: an answer holds all that was asked for of what it says it has examined', async () => {
  await holds(memoryStoreEngine(), clocked)
})

test('sqlite: an answer holds all that was asked for of what it says it has examined', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'eventwright-log-'))
  await holds(sqliteStoreEngine(join(folder, 'store.db'), { synchronous: 'normal' }), clocked)
  rmSync(folder, { recursive: true })
})

test('postgres: an answer holds all that was asked for of what it says it has examined', {
  skip: withoutPostgres(),
  timeout: 60_000,
}, async () => {
  const place = await testDatabase()
  await holds(postgresStoreEngine(place.url), clocked, 4)
  await place.drop()
})
