import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { partitionKey } from '../../group/assignment.ts'
import type { TopicPartition } from '../../storage.ts'
import { assignAll, type Joined } from './assignor.ts'

const ids = ['a', 'b', 'c', 'd']
const all = Array.from({ length: 7 }, (_, partition) => ({ topic: 't', partition }))
const keyOf = ({ topic, partition }: TopicPartition) => partitionKey(topic, partition)

const members: fc.Arbitrary<readonly Joined[]> = fc
  .uniqueArray(fc.constantFrom(...ids), { minLength: 1 })
  .chain((present) =>
    fc.tuple(
      ...present.map((id) =>
        fc.record({
          id: fc.constant(id),
          topics: fc.constant(['t']),
          owned: fc.subarray(all),
          generation: fc.integer({ min: -1, max: 5 }),
        }),
      ),
    ),
  )

test('nothing is given to a member while another says that it owns it, whatever they say', () => {
  fc.assert(
    fc.property(members, (joined) => {
      const shares = assignAll(joined, all)
      const given = [...shares].flatMap(([id, share]) => share.map((source) => [keyOf(source), id] as const))
      assert.equal(new Set(given.map(([key]) => key)).size, given.length, 'nothing is given twice')
      for (const [key, id] of given) {
        const owners = joined.filter(({ owned }) => owned.some((source) => keyOf(source) === key))
        const latest = Math.max(...owners.map(({ generation }) => generation))
        const believed = owners.filter(({ generation }) => generation === latest).map((owner) => owner.id)
        assert.ok(owners.length === 0 || believed.includes(id), `${key} is still another's`)
      }
    }),
  )
})

test('when all give back what they are to give back, all is shared evenly, and stays so', () => {
  fc.assert(
    fc.property(members, (joined) => {
      let now = joined
      for (let generation = 6; generation < 10; generation += 1) {
        const shares = assignAll(now, all)
        now = now.map((member) => ({ ...member, owned: shares.get(member.id) ?? [], generation }))
      }
      const sizes = now.map(({ owned }) => owned.length)
      assert.equal(
        sizes.reduce((sum, size) => sum + size, 0),
        all.length,
      )
      assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1)
      assert.deepEqual(assignAll(now, all), new Map(now.map(({ id, owned }) => [id, owned])))
    }),
  )
})
