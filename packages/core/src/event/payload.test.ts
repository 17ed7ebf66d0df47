import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import fc from 'fast-check'
import { canonical, hashOf, InvalidPayload, LARGEST_ENVELOPE, newId, textOf } from './index.ts'

const event = (data: unknown, metadata = {}) => ({ type: 'OrderPlaced', data, metadata })

function refused(data: unknown): InvalidPayload {
  try {
    textOf(event(data))
  } catch (error) {
    assert.ok(error instanceof InvalidPayload)
    return error
  }
  assert.fail('was taken')
}

describe('the form of a payload', () => {
  it('what JSON can say passes and comes back equal', () => {
    const json = fc.jsonValue().filter((value) => !JSON.stringify(value).includes('\\u'))
    fc.assert(
      fc.property(json, (value) => {
        assert.equal(canonical(JSON.parse(textOf(event(value)).data)), canonical(value))
      }),
      { numRuns: 200 },
    )
  })

  it('drops properties that are undefined', () => {
    assert.equal(textOf(event({ a: 1, b: undefined })).data, '{"a":1}')
  })

  const loop: { self?: unknown } = {}
  loop.self = loop
  let deep: unknown = 1
  for (let level = 0; level < 600; level++) deep = [deep]
  const cases: readonly [string, unknown, string, RegExp][] = [
    ['undefined as payload', undefined, '', /undefined/],
    ['undefined in an array', { items: [1, undefined] }, '/items/1', /undefined/],
    ['a hole in an array', { items: new Array(1) }, '/items/0', /undefined/],
    ['NaN', { price: Number.NaN }, '/price', /NaN/],
    ['Infinity', [Infinity], '/0', /Infinity/],
    ['a BigInt', { n: 1n }, '/n', /bigint.*digits/],
    ['a function', { f: () => 1 }, '/f', /function/],
    ['a symbol', { f: Symbol('x') }, '/f', /symbol/],
    ['a Date', { at: new Date(0) }, '/at', /Date.*ISO/],
    ['a Map', { at: new Map() }, '/at', /Map/],
    ['a toJSON of its own', { a: { toJSON: () => 2 } }, '/a', /plain/],
    ['a cycle', loop, '/self', /itself/],
    ['nesting beyond 500', deep, '/0'.repeat(500), /nested/],
    ['U+0000 in a value', { a: { b: 'x\0y' } }, '/a/b', /U\+0000/],
    ['U+0000 in a key', { a: { 'b\0': 1 } }, '/a', /U\+0000/],
    ['a lone surrogate in a value', { 'a/b~': '\ud800' }, '/a~1b~0', /surrogate/],
    ['a lone surrogate in a key', { '\udc00': 1 }, '', /surrogate/],
  ]
  for (const [name, data, pointer, message] of cases) {
    it(`refuses ${name}, and says where`, () => {
      const error = refused(data)
      assert.equal(error.pointer, pointer)
      assert.match(error.message, message)
      assert.equal(error.code, 'InvalidPayload')
    })
  }

  it('the same object twice is no cycle', () => {
    const money = { amount: 1 }
    assert.equal(textOf(event({ a: money, b: money })).data, '{"a":{"amount":1},"b":{"amount":1}}')
  })

  it('counts bytes, not characters, and metadata with the payload', () => {
    textOf(event({ text: 'x'.repeat(990_000) }))
    assert.match(refused({ text: 'ä'.repeat(500_000) }).message, /1000000/)
    assert.throws(
      () => textOf(event({ text: 'x'.repeat(600_000) }, { note: 'x'.repeat(400_000) })),
      InvalidPayload,
    )
    assert.throws(() => textOf(event({ text: 'x'.repeat(LARGEST_ENVELOPE) })), InvalidPayload)
  })

  it('counts the names of stream and tenant, which travel in the envelope too', () => {
    const almost = event({ text: 'x'.repeat(997_000) })
    textOf(almost, 'order-1', 'acme')
    assert.throws(() => textOf(almost, 's'.repeat(1_000), 't'.repeat(1_000)), InvalidPayload)
  })

  it('refuses names and metadata that are none, and says what they are', () => {
    const wrong: readonly (readonly [string, RegExp])[] = [
      ['{"type":7,"data":1}', /an event type: it is a number, not a text/],
      ['{"type":"","data":1}', /an event type: it is empty/],
      ['{"type":"A","data":1,"id":null}', /A: its id: it is null, not a text/],
      ['{"type":"A","data":1,"metadata":["x"]}', /A: the metadata is a list, not a plain object/],
      ['{"type":"A","data":1,"metadata":"x"}', /A: the metadata is a string, not a plain object/],
    ]
    for (const [json, message] of wrong) {
      assert.throws(
        () => textOf(JSON.parse(json)),
        (error) => error instanceof InvalidPayload && message.test(error.message),
        json,
      )
    }
  })
})

describe('canonical text and hash', () => {
  it('does not depend on the order of keys or on undefined properties', () => {
    assert.equal(hashOf({ a: 1, b: [{ d: 1, c: 2 }] }), hashOf({ b: [{ c: 2, d: 1 }], x: undefined, a: 1 }))
    assert.equal(canonical({ b: 1, a: -0 }), '{"a":0,"b":1}')
  })

  it('differs where the data differs', () => {
    assert.notEqual(hashOf({ a: '1' }), hashOf({ a: 1 }))
    assert.notEqual(hashOf([1, 2]), hashOf([2, 1]))
  })

  it('new ids ascend', () => {
    const ids = Array.from({ length: 2000 }, () => newId())
    assert.deepEqual(ids, ids.toSorted())
    assert.equal(new Set(ids).size, 2000)
  })
})
