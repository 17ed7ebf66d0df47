import assert from 'node:assert/strict'
import { test } from 'node:test'
import { label } from './label.ts'

test('a label is one line, of a length that can be read, and plain text stays as it is', () => {
  assert.equal(label('PlaceOrder (o-1), again'), 'PlaceOrder (o-1), again')
  assert.equal(label('Größe 日本語'), 'Größe 日本語')
  assert.equal(label(' a\r\nb\u2028c; #1 '), 'a b c#59; #35;1')
  assert.equal(label('x'.repeat(101)), `${'x'.repeat(99)}#8230;`)
  assert.equal(label('ﬂ°'), 'fl#176;') // with which Mermaid marks its own entities
  assert.equal(label(''), label('\n'))
  assert.notEqual(label(''), '')
})
