import assert from 'node:assert/strict'
import { test } from 'node:test'
import { murmur2 } from './murmur2.ts'
import { partitionOf, placement } from './placement.ts'

/** Published by Kafka's own tests and by clients that copy its partitioner. */
const known: readonly (readonly [string | Uint8Array, number])[] = [
  ['21', -973932308],
  ['foobar', -790332482],
  ['a-little-bit-long-string', -985981536],
  ['a-little-bit-longer-string', -1486304829],
  ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
  ['abc', 479470107],
  [Uint8Array.of(12, 42, 56, 24, 109, 111), 274204207],
  ['1', -1993445489],
  ['12', 126087238],
  ['123', -267702483],
  ['1234', -1614185708],
  ['12345', -1188365604],
]

test("murmur2 gives the values of Kafka's Java client", () => {
  for (const [input, expected] of known) {
    assert.equal(murmur2(typeof input === 'string' ? Buffer.from(input) : input), expected, String(input))
  }
})

test('a negative hash still gives a partition', () => {
  assert.equal(partitionOf('21', 6), 1173551340 % 6)
  assert.equal(partitionOf('foobar', 7), 1357151166 % 7)
})

test('messages without a key go to every partition', () => {
  const place = placement()
  const seen = new Set(Array.from({ length: 6 }, () => place(null, 6)))
  assert.deepEqual([...seen].sort(), [0, 1, 2, 3, 4, 5])
})
