import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { distinct } from './distinct.ts'

test('names that only case or signs tell apart have names of their own', () => {
  const files = distinct(['a b', 'a.b', 'A b', '日本 語', ';', '#', 'a b'], '-')
  assert.deepEqual([...files.values()], ['a-b', 'a-b-2', 'A-b-3', '日本-語', '-', '--2'])
  assert.deepEqual([...distinct(['日本', 'a-b'], '_').values()], ['__', 'a_b'])
})

test('no two names share one, whatever they are, and none is too long for a file', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary', maxLength: 90 }), { maxLength: 9 }), (names) => {
      const own = [...distinct(names, '-').values()]
      assert.equal(new Set(own.map((name) => name.toLowerCase())).size, new Set(names).size)
      for (const name of own)
        assert.ok(Buffer.byteLength(name) <= 220 && /^[\p{L}\p{M}\p{N}-]+$/u.test(name), name)
    }),
    { numRuns: 30 },
  )
})
