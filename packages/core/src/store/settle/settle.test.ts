import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { emptyCollection, inRange } from '../memory/collection.ts'
import { emptyData, type MemoryData } from '../memory/data.ts'
import { load, save } from '../memory/flush.ts'
import { emptyUnit, type PreparedEvent, type Unit } from '../unit.ts'
import type { Answer } from './answer.ts'
import { named } from './keys.ts'
import { needsOf } from './needs.ts'
import { settle } from './settle.ts'

const name = fc.constantFrom('a', 'b', 'c')
const often = fc.constantFrom('a', 'a', 'a', 'b')
const small = fc.integer({ min: 0, max: 3 })
const tenant = fc.constantFrom('', '', '', '', 't')

let fresh = 0
const event: fc.Arbitrary<PreparedEvent> = fc
  .record({ id: fc.option(fc.constantFrom('1', '2', '3'), { freq: 4 }), n: fc.constantFrom(0, 0, 0, 1) })
  .map(({ id, n }) => ({
    id: id ?? `fresh-${fresh++}`,
    fresh: id === null,
    type: 'Happened',
    schemaVersion: 1,
    data: n,
    metadata: {},
    text: { data: String(n), metadata: '{}' },
  }))

const expect = fc.oneof(
  fc.constant('any' as const),
  fc.constantFrom('none' as const, 'exists' as const),
  small,
)

const append: fc.Arbitrary<Unit> = fc
  .record({ tenant, stream: often, events: fc.array(event, { maxLength: 2 }), expect })
  .map(({ tenant: of, ...asked }) => {
    const unit = emptyUnit('append', of)
    unit.writes.appends.push(asked)
    return unit
  })

const range = fc.record({
  prefix: fc.constantFrom('', '', 'a'),
  after: fc.constantFrom('', 'a'),
  limit: fc.constantFrom(0, 1, 2, 99),
})

/** What a unit may have read, true or not: `settle` has to find out. */
type Step = (unit: Unit) => void

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.tuple(name, small).map(
    ([stream, version]): Step =>
      (unit) =>
        void unit.reads.streams.set(stream, version),
  ),
  fc.tuple(name, fc.integer({ min: 0, max: 6 })).map(
    ([id, revision]): Step =>
      (unit) =>
        void unit.reads.documents.push({ collection: 'd', id, revision }),
  ),
  range.map(
    (asked): Step =>
      (unit) =>
        void unit.reads.lists.push({ collection: 'd', range: asked, found: [] }),
  ),
  fc.tuple(name, small).map(
    ([at, position]): Step =>
      (unit) =>
        void unit.reads.checkpoints.set(at, position),
  ),
  fc.tuple(name, fc.boolean()).map(
    ([id, accepted]): Step =>
      (unit) =>
        void unit.reads.inbox.push({ consumer: 'c', message: { id, expires: 100 }, accepted }),
  ),
  fc.tuple(name, fc.boolean()).map(
    ([commandId, known]): Step =>
      (unit) =>
        void unit.reads.commands.push({ stream: 'a', commandId, known }),
  ),
  fc.tuple(name, small).map(
    ([id, revision]): Step =>
      (unit) =>
        void unit.reads.timers.push({ owner: 'o', id, revision }),
  ),
  fc.tuple(name, fc.array(event, { minLength: 1, maxLength: 2 })).map(
    ([stream, events]): Step =>
      (unit) =>
        void unit.writes.appends.push({ stream, events, expect: 'any' }),
  ),
  fc.tuple(name, fc.option(small)).map(
    ([id, value]): Step =>
      (unit) =>
        void unit.writes.documents.push({
          collection: 'd',
          id,
          text: value === null ? undefined : String(value),
        }),
  ),
  fc.tuple(name, fc.integer({ min: -1, max: 2 })).map(
    ([id, by]): Step =>
      (unit) =>
        void unit.writes.documents.push({
          collection: 'd',
          id,
          update: (value) => {
            if (by < 0) throw new Error('no')
            return typeof value === 'number' ? value + by : by
          },
        }),
  ),
  fc.tuple(name, small, small).map(
    ([at, from, to]): Step =>
      (unit) =>
        void unit.writes.advances.push({ name: at, from, to }),
  ),
  name.map(
    (id): Step =>
      (unit) =>
        void unit.writes.inbox.push({ consumer: 'c', message: { id, expires: 100 } }),
  ),
  name.map(
    (commandId): Step =>
      (unit) =>
        void unit.writes.commands.push({ stream: 'a', record: { commandId, hash: 'h', outcome: 'nothing' } }),
  ),
  fc.tuple(name, fc.option(small)).map(
    ([id, due]): Step =>
      (unit) =>
        void unit.writes.timers.push({
          owner: 'o',
          id,
          timer: due === null ? undefined : { due, data: '1' },
        }),
  ),
  fc.tuple(name, small).map(
    ([of, token]): Step =>
      (unit) =>
        void unit.writes.fences.push({ name: of, token }),
  ),
)

const work: fc.Arbitrary<Unit> = fc
  .record({ of: tenant, steps: fc.array(step, { minLength: 1, maxLength: 4 }) })
  .map(({ of, steps }) => {
    const unit = emptyUnit('work', of)
    for (const take of steps) take(unit)
    return unit
  })

/** Now and then a caller that heard no answer asks again. */
function withRetries(units: readonly Unit[]): readonly Unit[] {
  const retried = (unit: Unit): boolean =>
    unit.kind === 'append' && unit.writes.appends.every(({ events }) => events.every((event) => !event.fresh))
  return units.flatMap((unit, index) => {
    const before = units[index - 2]
    return before !== undefined && retried(before) ? [unit, before] : [unit]
  })
}

function flush(data: MemoryData, units: readonly Unit[]): readonly Answer[] {
  const { answers, batch } = settle(units, load(data, needsOf(units)), 50, data.epoch)
  save(data, batch)
  return answers
}

/** A list was read from what stood before the flush: what goes stale in it goes stale within the flush. */
function listTruly(data: MemoryData, { tenant: of, reads }: Unit): void {
  const collection = data.collections.get(named(of, 'd')) ?? emptyCollection()
  for (const [index, list] of reads.lists.entries()) {
    const found = inRange(collection, list.range).map(({ id, revision }) => ({ id, revision }))
    reads.lists[index] = { ...list, found }
  }
}

function plain(answers: readonly Answer[]): unknown {
  return answers.map((answer) => (answer.kind === 'failed' ? String(answer.error) : answer))
}

test('a flush of many units gives each the answer, and leaves the data, that one flush a unit would have', () => {
  const seen = new Map<string, number>()
  fc.assert(
    fc.property(
      fc.array(fc.oneof(append, work), { maxLength: 40, size: 'max' }),
      fc.integer({ min: 2, max: 12 }),
      (asked, size) => {
        const units = withRetries(asked)
        const together = emptyData()
        const alone: MemoryData = { ...emptyData(), epoch: together.epoch }
        for (let at = 0; at < units.length; at += size) {
          const some = units.slice(at, at + size)
          for (const unit of some) listTruly(together, unit)
          const answers = flush(together, some)
          for (const { kind } of answers) seen.set(kind, (seen.get(kind) ?? 0) + 1)
          assert.deepEqual(plain(answers), plain(some.flatMap((unit) => flush(alone, [unit]))))
        }
        assert.deepEqual(together, alone)
      },
    ),
    { numRuns: 400 },
  )
  for (const kind of ['done', 'duplicate', 'miss', 'failed'])
    assert.ok((seen.get(kind) ?? 0) > 20, `${kind} came ${seen.get(kind)} times`)
})
