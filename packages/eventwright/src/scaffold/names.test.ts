import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { checkName, kebab, plural, segments, singular, suggestedName } from './names.ts'

test('whatever name is refused, the one that is suggested is taken', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', maxLength: 100 }), (name) => {
      checkName(suggestedName(name))
    }),
    { numRuns: 200 },
  )
  for (const name of [
    'con',
    'COM1',
    '../x',
    '..',
    '',
    '-',
    '1st',
    'größe',
    'Übermäßig',
    '日本',
    'x'.repeat(300),
    'node_modules',
  ])
    checkName(suggestedName(name))
})

test('a name that is refused is told with the rule, what would do, and never at full length', () => {
  const refusal = (name: string) => {
    try {
      checkName(name)
    } catch (error) {
      return error instanceof Error ? error.message : ''
    }
    return assert.fail(`${name} was taken`)
  }
  assert.match(refusal('OrderLines'), /lower-case letters, digits and hyphens.* Try "order-lines"/)
  assert.match(refusal('größe'), /Try "grosse"/)
  assert.match(refusal('con'), /taken by the system\. Try "con-service"/)
  assert.match(refusal('../x'), /Try "x"\. Where it shall stand is said with --into/)
  assert.ok(refusal('x'.repeat(300)).length < 350)
  for (const name of ['a', 'class', 'orders', 'order-lines', 'v2', 'constructor']) checkName(name)
})

test('words become paths as one reads them', () => {
  assert.deepEqual(['PlaceOrder', 'HTTPCall', 'Order2', 'A'].map(kebab), [
    'place-order',
    'http-call',
    'order2',
    'a',
  ])
  assert.deepEqual(['order', 'entry', 'box', 'day'].map(plural), ['orders', 'entries', 'boxes', 'days'])
  assert.deepEqual(['orders', 'entries', 'boxes', 'class', 'status', 'stock'].map(singular), [
    'order',
    'entry',
    'box',
    'class',
    'status',
    'stock',
  ])
})

test('paths that would be the same, or are taken, are told apart', () => {
  const paths = segments(['OrderItem', 'OrderItems', 'ORDERItem', 'Health'], kebab, new Set(['health']))
  assert.equal(new Set(paths.values()).size, 4)
  assert.equal(paths.get('OrderItems'), 'order-items')
  assert.equal(paths.get('Health'), 'Health')
})
