import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { inOrder } from './in-order.ts'
import type { Moment } from './moment.ts'

/** Moments of which each may come after any of those before it. */
const someMoments = fc
  .array(fc.array(fc.nat(), { maxLength: 2 }), { minLength: 1, maxLength: 9 })
  .map((causes) => {
    const moments: Moment[] = []
    for (const [index, picks] of causes.entries()) {
      const after = picks.flatMap((pick) => moments[pick % Math.max(1, index)] ?? [])
      moments.push({ key: `${(index * 7) % 9}`, after, marks: [] })
    }
    return moments
  })

test('the same moments stand in the same order, however they came, each after its causes', () => {
  fc.assert(
    fc.property(someMoments, fc.infiniteStream(fc.nat()), (moments, picks) => {
      const ordered = inOrder(moments)
      assert.deepEqual(new Set(ordered), new Set(moments))
      for (const [index, { after }] of ordered.entries()) {
        for (const cause of after) assert.ok(ordered.indexOf(cause) < index)
      }
      const shuffled = [...moments].sort(() => ((picks.next().value ?? 0) % 2 === 0 ? 1 : -1))
      assert.deepEqual(inOrder(shuffled), ordered)
    }),
  )
})

test('what a moment led to follows it before anything else does', () => {
  const moment = (key: string, ...after: Moment[]): Moment => ({ key, after, marks: [] })
  const [first, second] = [moment('a'), moment('b')]
  const ofFirst = moment('z', first)
  const order = inOrder([second, first, ofFirst, moment('c', second)]).map(({ key }) => key)
  assert.deepEqual(order, ['a', 'z', 'b', 'c'])
})
