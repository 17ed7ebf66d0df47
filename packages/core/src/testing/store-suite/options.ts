import assert from 'node:assert/strict'
import type { EventStore, Tx } from '../../store/index.ts'
import { happened, type Promised } from './harness.ts'

type Call = (store: EventStore, given: number) => Promise<unknown>

const inWork =
  (work: (tx: Tx, given: number) => unknown): Call =>
  (store, given) =>
    store.transaction(async (tx) => void (await work(tx, given)))

/** Where a number is a bound: NaN and fractions are none, Infinity is. */
const bounds: readonly (readonly [string, Call])[] = [
  ['from', (store, from) => store.read('a', { from })],
  ['to', (store, to) => store.read('a', { to })],
  ['limit', (store, limit) => store.read('a', { limit })],
  ['from in work', inWork((tx, from) => tx.read('a', { from }))],
  ['limit in work', inWork((tx, limit) => tx.read('a', { limit }))],
  ['after', (store, after) => store.readAll({ after })],
  ['before', (store, before) => store.readAll({ before })],
  ['since', (store, since) => store.readAll({ since })],
  ['until of the log', (store, until) => store.readAll({ until })],
  ['limit of the log', (store, limit) => store.readAll({ limit })],
  ['limit of documents', (store, limit) => store.documents('d').list({ limit })],
  ['limit of documents in work', inWork((tx, limit) => tx.documents('d').list({ limit }))],
  ['limit of timers', (store, limit) => store.timers({ limit })],
  ['until', (store, until) => store.timers({ until })],
]

/** Where a number is kept: only whole ones can be. */
const kept: readonly (readonly [string, Call])[] = [
  ['expect', (store, expect) => store.append('a', [happened()], { expect })],
  ['expect in work', inWork((tx, expect) => tx.append('a', [happened()], { expect }))],
  ['schemaVersion', (store, schemaVersion) => store.append('a', [{ ...happened(), schemaVersion }])],
  ['a position', inWork((tx, to) => tx.checkpoint.advance('p', 0, to))],
  ['a due time', inWork((tx, due) => tx.timers.set({ owner: 'o', id: 't', due, data: 1 }))],
  ['a token', inWork((tx, token) => tx.fence('f', token))],
  ['when an id expires', inWork((tx, expires) => tx.inbox.accept('c', { id: 'm', expires }))],
  [
    "a mark's version",
    inWork((tx, version) => tx.inbox.accept('c', { topic: 't', epoch: 'e', stream: 's', version })),
  ],
  ['the token of a lease', (store, token) => store.leases.renew({ name: 'l', holder: 'h', token }, 1)],
  [
    'the token of a lease that is given back',
    (store, token) => store.leases.release({ name: 'l', holder: 'h', token }),
  ],
  ["a lease's time", (store, milliseconds) => store.leases.acquire('l', 'h', milliseconds)],
]

export function optionPromises(promise: Promised): void {
  promise('numbers that are none are refused at once, and nothing is written', async ({ store }) => {
    await store.append('a', [happened()])
    const before = await store.commits()
    for (const [what, call] of bounds) {
      for (const given of [Number.NaN, 1.5]) {
        await assert.rejects(call(store, given), { code: 'InvalidOption' }, `${what} ${given}`)
      }
      for (const given of [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1, 0, 2 ** 60]) {
        await call(store, given)
      }
    }
    for (const [what, call] of kept) {
      for (const given of [Number.NaN, 1.5, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 2 ** 60]) {
        await assert.rejects(call(store, given), { code: 'InvalidOption' }, `${what} ${given}`)
      }
    }
    assert.equal(await store.commits(), before)
    assert.equal(await store.leases.acquire('l', 'x', 0).then((lease) => lease?.token), 1)
  })

  promise('bounds beyond what is there mean all or nothing', async ({ store }) => {
    await store.append('a', [happened(1), happened(2)])
    const count = async (options: Parameters<EventStore['read']>[1]) =>
      (await store.read('a', options)).events.length
    assert.equal(await count({ from: -7 }), 2)
    assert.equal(await count({ limit: Number.POSITIVE_INFINITY, to: Number.POSITIVE_INFINITY }), 2)
    assert.equal(await count({ limit: -1 }), 0)
    assert.equal(await count({ to: -1 }), 0)
    assert.equal(await count({ from: Number.POSITIVE_INFINITY }), 0)
    assert.equal((await store.readAll({ after: -5 })).events.length, 2)
    assert.equal((await store.readAll({ limit: Number.POSITIVE_INFINITY })).events.length, 2)
    const beyond = await store.readAll({ after: Number.POSITIVE_INFINITY })
    assert.deepEqual(beyond, { events: [], examined: Number.MAX_SAFE_INTEGER })
  })
}
