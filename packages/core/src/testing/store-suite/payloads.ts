import assert from 'node:assert/strict'
import type { InvalidPayload } from '../../event/index.ts'
import type { Promised } from './harness.ts'

const cyclic: { self?: unknown } = {}
cyclic.self = cyclic

const refused: readonly (readonly [string, unknown, string])[] = [
  ['undefined', undefined, ''],
  ['undefined in a list', { list: [1, undefined] }, '/list/1'],
  ['NaN', { a: { n: Number.NaN } }, '/a/n'],
  ['Infinity', [Number.POSITIVE_INFINITY], '/0'],
  ['a BigInt', { 'a/b': 1n }, '/a~1b'],
  ['a Date', { at: new Date(0) }, '/at'],
  ['a Map', { map: new Map() }, '/map'],
  ['a function', { f: () => 1 }, '/f'],
  ['a symbol', { s: Symbol('s') }, '/s'],
  ['a cycle', cyclic, '/self'],
  ['U+0000', { text: 'a\0b' }, '/text'],
  ['a lone surrogate', ['\ud800'], '/0'],
  ['U+0000 in a key', { 'a\0b': 1 }, ''],
  ['a lone surrogate in a key', { deep: { '\udc00': 1 } }, '/deep'],
]

export function payloadPromises(promise: Promised): void {
  promise(
    'what JSON or an engine cannot keep is refused before it is queued, with a JSON pointer',
    async ({ store }) => {
      for (const [what, data, pointer] of refused) {
        const complains = (error: InvalidPayload): true => {
          assert.equal(error.code, 'InvalidPayload', what)
          assert.equal(error.pointer, pointer, what)
          return true
        }
        await assert.rejects(store.append('a', [{ type: 'Happened', data }]), complains)
        await assert.rejects(
          store.transaction((tx) => tx.append('a', [{ type: 'Happened', data }])),
          complains,
        )
        await assert.rejects(
          store.transaction((tx) => tx.documents('d').put('x', data)),
          complains,
        )
        if (data === undefined) continue
        await assert.rejects(
          store.transaction((tx) => tx.documents('d').update('x', () => data)),
          complains,
        )
      }
      assert.equal(await store.head(), 0)
      assert.equal(await store.documents('d').get('x'), undefined)
    },
  )

  promise('an envelope of more than 1,000,000 bytes is refused, one below is kept', async ({ store }) => {
    const long = { type: 'Happened', data: { text: 'é'.repeat(499_999) } }
    await assert.rejects(store.append('a', [long]), { code: 'InvalidPayload' })
    const metadata = { note: 'x'.repeat(1_000_000) }
    await assert.rejects(store.append('a', [{ type: 'Happened', data: 1, metadata }]), {
      code: 'InvalidPayload',
    })
    const kept = { text: 'é'.repeat(490_000) }
    await store.append('a', [{ type: 'Happened', data: kept }])
    assert.deepEqual((await store.read('a')).events[0]?.data, kept)
  })

  promise('every JSON value comes back as it was', async ({ store }) => {
    const values = [
      null,
      true,
      0,
      -1.5,
      1e300,
      Number.MAX_SAFE_INTEGER,
      '',
      'é😀\u2028"\\',
      [],
      {},
      [[{ a: null }]],
      { '': 0 },
    ]
    await store.append(
      'a',
      values.map((data) => ({ type: 'Happened', data })),
    )
    assert.deepEqual(
      (await store.read('a')).events.map(({ data }) => data),
      values,
    )
  })
}
