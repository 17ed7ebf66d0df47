import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { GroupMember, GroupPartition, GroupState } from '../storage.ts'
import { assign, partitionKey } from './assignment.ts'
import { leave, takeTurn } from './turn.ts'

const member = (id: string, topics: readonly string[] = ['t']): GroupMember => ({ id, topics, expires: 10 })
const partitions = (count: number, owner: (at: number) => string | null = () => null, topic = 't') =>
  Array.from(
    { length: count },
    (_, partition): GroupPartition => ({ topic, partition, owner: owner(partition), token: 1, committed: 0 }),
  )

function counts(target: ReadonlyMap<string, string>): Record<string, number> {
  const found: Record<string, number> = {}
  for (const id of target.values()) found[id] = (found[id] ?? 0) + 1
  return found
}

test('free partitions are shared evenly', () => {
  assert.deepEqual(counts(assign([member('a'), member('b'), member('c'), member('d')], partitions(6))), {
    a: 2,
    b: 2,
    c: 1,
    d: 1,
  })
})

test('only partitions that must move do', () => {
  const owned = partitions(6, (at) => (at < 4 ? 'a' : 'b'))
  const target = assign([member('a'), member('b'), member('c')], owned)
  assert.deepEqual(counts(target), { a: 2, b: 2, c: 2 })
  assert.equal(owned.filter(({ owner, partition }) => target.get(`t/${partition}`) !== owner).length, 2)
})

test('a member gets its share of every topic when all of them move', () => {
  const owned = [...partitions(4, () => 'a', 't'), ...partitions(4, () => 'a', 'u')]
  const target = assign([member('a', ['t', 'u']), member('b', ['t', 'u'])], owned)
  const moved = [...target].filter(([, id]) => id === 'b').map(([key]) => key[0])
  assert.deepEqual(moved.sort(), ['t', 't', 'u', 'u'])
})

test('nobody gets a topic that it does not hear', () => {
  const target = assign([member('a', ['u'])], partitions(2))
  assert.equal(target.size, 0)
})

const states = fc.record({
  members: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 }),
  owners: fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'gone', null), { minLength: 1, maxLength: 12 }),
})

test('from any state turns end in a fair share that stays, and no partition skips its owner', () => {
  fc.assert(
    fc.property(states, ({ members, owners }) => {
      let state: GroupState = {
        now: 0,
        members: members.map((id) => member(id)),
        partitions: partitions(owners.length, (at) => owners[at] ?? null),
      }
      const turnOf = (id: string): boolean => {
        const asked = { member: id, topics: ['t'], sessionTimeout: 10 }
        const { revoked } = takeTurn(state, { ...asked, drained: [] })
        const drained = state.partitions
          .filter(({ partition }) => revoked.has(partitionKey('t', partition)))
          .map(({ topic, partition, token }) => ({ topic, partition, token, offset: 0 }))
        const { change } = takeTurn(state, { ...asked, drained })
        const changed = new Map(change.partitions.map((partition) => [partition.partition, partition]))
        for (const old of state.partitions) {
          const next = changed.get(old.partition)
          if (next?.owner && next.owner !== old.owner) assert.ok(next.token > old.token)
        }
        state = {
          ...state,
          partitions: state.partitions.map((old) => changed.get(old.partition) ?? old),
        }
        return change.partitions.length > 0
      }
      let rounds = 0
      while (members.map(turnOf).some(Boolean)) assert.ok(++rounds < 20, 'turns come to an end')
      const shares = members.map((id) => state.partitions.filter(({ owner }) => owner === id).length)
      assert.equal(
        shares.reduce((sum, share) => sum + share, 0),
        owners.length,
      )
      assert.ok(Math.max(...shares) - Math.min(...shares) <= 1)
    }),
    { numRuns: 300 },
  )
})

test('an owner that lives keeps its partition until it gives it back', () => {
  const state = { now: 0, members: [member('a')], partitions: partitions(2, () => 'a') }
  const turn = takeTurn(state, { member: 'b', topics: ['t'], sessionTimeout: 10, drained: [] })
  assert.deepEqual(turn.owned, [])
  assert.deepEqual(turn.change.partitions, [])
})

test('what a dead member owned is claimed under a higher token, from what it committed', () => {
  const dead = { ...member('a'), expires: 5 }
  const owned = partitions(1, () => 'a').map((partition) => ({ ...partition, committed: 7 }))
  const turn = takeTurn(
    { now: 5, members: [dead], partitions: owned },
    { member: 'b', topics: ['t'], sessionTimeout: 10, drained: [] },
  )
  assert.deepEqual(turn.change.gone, ['a'])
  assert.deepEqual(turn.owned, [{ topic: 't', partition: 0, owner: 'b', token: 2, committed: 7 }])
})

test('giving back under an old token changes nothing', () => {
  const state = { now: 0, members: [member('a')], partitions: partitions(1, () => 'a') }
  const late = [{ topic: 't', partition: 0, token: 0, offset: 9 }]
  assert.deepEqual(leave(state, 'b', late).partitions, [])
  const left = leave(state, 'a', late).partitions
  assert.deepEqual(left, [{ topic: 't', partition: 0, owner: null, token: 1, committed: 0 }])
})
