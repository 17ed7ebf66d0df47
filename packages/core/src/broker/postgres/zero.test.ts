import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { withoutZero, withZero } from './zero.ts'

test('every text comes back as it was, and none is written with U+0000', () => {
  const sign = fc.constantFrom('\u0000', '\u0001', '0', '1', 'a', '日')
  fc.assert(
    fc.property(fc.string({ unit: sign }), (text) => {
      const written = withoutZero(text)
      assert.ok(!written.includes('\u0000'))
      assert.equal(withZero(written), text)
    }),
  )
})
