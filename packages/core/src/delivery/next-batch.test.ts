import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { FRESH } from './attempts.ts'
import type { Entry } from './entry.ts'
import { nextBatch } from './next-batch.ts'

const kind = fc.constantFrom('run', 'pass', 'newer', 'broken', 'failed', 'suspect')
const one = fc.record({ kind, lane: fc.constantFrom('a', 'b', 'c'), tenant: fc.constantFrom('', 'north') })
type Given = { readonly kind: string; readonly lane: string; readonly tenant: string }

function entryOf({ kind, lane, tenant }: Given, offset: number): Entry<number> {
  const message = {
    topic: 't',
    partition: 0,
    offset,
    id: `${offset}`,
    key: lane,
    headers: {},
    value: '',
    publishedAt: 0,
  }
  const failures = kind === 'failed' ? 1 : 0
  const attempt = { ...FRESH, offset, failures, suspect: kind === 'suspect' }
  return { message, key: lane, lane, parsed: parsedOf(kind, tenant, offset), attempt }
}

function parsedOf(kind: string, tenant: string, offset: number): Entry<number>['parsed'] {
  if (kind === 'pass') return { kind }
  if (kind === 'newer') return { kind, tenant, what: 'a later release' }
  if (kind === 'broken') return { kind, tenant, reason: { code: 'Broken', message: 'broken' } }
  return { kind: 'message', tenant, read: () => offset }
}

test('messages run together with others of their tenant only, special ones alone, and each key keeps its order', () => {
  fc.assert(
    fc.property(fc.array(one, { maxLength: 40 }), fc.integer({ min: 1, max: 8 }), (given, most) => {
      const all = given.map(entryOf)
      const queue = [...all]
      const taken: Entry<number>[] = []
      const held = new Set<string>()
      const setAside = (entry: Entry<number>): boolean => {
        if (entry.parsed.kind === 'newer') held.add(entry.lane)
        const aside = held.has(entry.lane) || entry.parsed.kind === 'pass'
        if (aside) taken.push(entry)
        return aside
      }
      while (queue.length > 0) {
        const before = taken.length
        const batch = nextBatch(queue, most, setAside)
        taken.push(...batch)
        assert.ok(taken.length > before, 'there is something to do as long as something waits')
        assert.ok(batch.length <= most)
        assert.ok(new Set(batch.map((entry) => given[entry.message.offset]?.tenant)).size < 2, 'one tenant')
        assert.ok(batch.length < 2 || batch.every((entry) => given[entry.message.offset]?.kind === 'run'))
      }
      assert.equal(taken.length, all.length, 'none is lost or doubled')
      for (const lane of ['a', 'b', 'c'])
        assert.deepEqual(offsetsOf(taken, lane), offsetsOf(all, lane), `order of ${lane}`)
    }),
  )
})

/** What passes is for nobody, so that its place does not matter. */
const offsetsOf = (entries: readonly Entry<number>[], lane: string) =>
  entries
    .filter((entry) => entry.lane === lane && entry.parsed.kind !== 'pass')
    .map(({ message }) => message.offset)
