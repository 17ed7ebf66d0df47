import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import type { EventStore, Tx } from '../../store/index.ts'
import { happened, type Promised } from './harness.ts'

type Call = (store: EventStore, text: string, tenant: string) => Promise<unknown>

const inWork =
  (work: (tx: Tx, text: string) => unknown): Call =>
  (store, text, tenant) =>
    store.transaction(async (tx) => void (await work(tx, text)), { tenant })

const withCorrelation = (correlationId: string) => ({ ...happened(), metadata: { correlationId } })
const inLease = { holder: 'h', token: 1 }

/** Where a text is kept in an index, or looked for in one. */
const calls: readonly (readonly [string, Call])[] = [
  ['a correlation id', (store, text) => store.append('a', [withCorrelation(text)])],
  ['a correlation id in work', inWork((tx, text) => tx.append('a', [withCorrelation(text)]))],
  ['a document id', inWork((tx, text) => tx.documents('d').put(text, 1))],
  ['a collection', inWork((tx, text) => tx.documents(text).put('x', 1))],
  ['a document read in work', inWork((tx, text) => tx.documents('d').get(text))],
  ['a document read', (store, text, tenant) => store.documents('d', { tenant }).get(text)],
  ['a prefix', (store, prefix, tenant) => store.documents('d', { tenant }).list({ prefix })],
  ['a command id', inWork((tx, text) => tx.commands.find('a', text))],
  ['a consumer', inWork((tx, text) => tx.inbox.accept(text, { id: 'm', expires: 1 }))],
  ['a message id', inWork((tx, text) => tx.inbox.accept('c', { id: text, expires: 1 }))],
  [
    'the stream of a mark',
    inWork((tx, stream) => tx.inbox.accept('c', { topic: 't', epoch: 'e', stream, version: 1 })),
  ],
  [
    'the topic of a mark',
    inWork((tx, topic) => tx.inbox.accept('c', { topic, epoch: 'e', stream: 's', version: 1 })),
  ],
  ['a checkpoint', inWork((tx, text) => tx.checkpoint.advance(text, 0, 1))],
  ['a checkpoint read', (store, text, tenant) => store.checkpoint(text, { tenant })],
  ["a timer's owner", inWork((tx, owner) => tx.timers.set({ owner, id: 't', due: 1, data: 1 }))],
  ["a timer's id", inWork((tx, id) => tx.timers.set({ owner: 'o', id, due: 1, data: 1 }))],
  ['a timer read', inWork((tx, id) => tx.timers.get('o', id))],
  ['a fence', inWork((tx, text) => tx.fence(text, 1))],
  ['a topic of the outbox', inWork((tx, text) => tx.outbox.add(text, { key: null, value: '1' }))],
  ['a lease', (store, text) => store.leases.acquire(text, 'h', 1)],
  ['a lease that is kept', (store, name) => store.leases.renew({ ...inLease, name }, 1)],
  ['a lease that is given back', (store, name) => store.leases.release({ ...inLease, name })],
  ["a lease's holder", (store, text) => store.leases.acquire('l', text, 1)],
  ['timers of an owner', (store, owner) => store.timers({ owner })],
  ['the log of a stream', (store, stream) => store.readAll({ stream })],
  ['the log by id', (store, id) => store.readAll({ id })],
  ['the log by correlation', (store, correlationId) => store.readAll({ correlationId })],
  ['the log by command', (store, commandId) => store.readAll({ commandId })],
  ['the log by type', (store, type) => store.readAll({ types: ['Happened', type] })],
  ['a view', (store, checkpoint) => store.view({ checkpoint, collections: [] })],
  ['a view of a collection', (store, text) => store.view({ checkpoint: 'c', collections: [text] })],
]

/** What no compression makes shorter. */
function random(bytes: number): string {
  return randomBytes(Math.ceil(bytes / 2))
    .toString('hex')
    .slice(0, bytes)
}

export function namePromises(promise: Promised): void {
  promise('names that an engine cannot keep are refused', async ({ store }) => {
    const event = { type: 'Happened', data: 1 }
    for (const name of ['', 'a\0b', '\ud800', 'x'.repeat(1_001)]) {
      await assert.rejects(store.append(name, [event]), { code: 'InvalidPayload' })
      await assert.rejects(store.append('a', [{ ...event, type: name }]), { code: 'InvalidPayload' })
      await assert.rejects(store.append('a', [{ ...event, id: name }]), { code: 'InvalidPayload' })
      if (name !== '')
        await assert.rejects(store.append('a', [event], { tenant: name }), { code: 'InvalidPayload' })
    }
    assert.equal(await store.head(), 0)
  })

  promise(
    'a text that no index takes is refused by one error, wherever it is kept or looked for',
    async ({ store }) => {
      const before = await store.commits()
      for (const [what, call] of calls) {
        for (const text of ['a\0b', '\ud800', random(3_000), 'é'.repeat(1_400)]) {
          await assert.rejects(call(store, text, ''), { code: 'InvalidPayload' }, `${what} ${text.length}`)
        }
      }
      assert.equal(await store.commits(), before)
    },
  )

  promise('ids of 1,500 bytes are kept, beside a tenant of 1,000 too', async ({ store }) => {
    const tenant = random(1_000)
    for (const [what, call] of calls) {
      // A topic is part of the name of a stream.
      await assert.doesNotReject(call(store, random(what.includes('topic') ? 900 : 1_500), tenant), what)
    }
    const stream = random(1_000)
    await store.append(stream, [{ ...happened(1, random(1_000)), type: random(1_000) }], { tenant })
    assert.equal((await store.read(stream, { tenant })).version, 1)
  })

  promise(
    'texts that fit one by one and not together are refused, and nothing is written',
    async ({ store }) => {
      const tenant = random(1_000)
      const long = random(1_700)
      const work: readonly ((tx: Tx) => unknown)[] = [
        (tx) => tx.documents('d').put(long, 1),
        (tx) => tx.documents('d').get(long),
        (tx) => tx.inbox.accept('c', { id: long, expires: 1 }),
        (tx) => tx.inbox.accept('c', { topic: 't', epoch: 'e', stream: long, version: 1 }),
        (tx) => tx.checkpoint.advance(long, 0, 1),
        (tx) => tx.timers.set({ owner: 'o', id: long, due: 1, data: 1 }),
        (tx) => tx.fence(long, 1),
      ]
      for (const one of work) {
        const unit = store.transaction(async (tx) => void (await one(tx)), { tenant })
        await assert.rejects(unit, { code: 'InvalidPayload', message: /together/ }, String(one))
      }
      await assert.rejects(store.checkpoint(long, { tenant }), { code: 'InvalidPayload' })
      await assert.rejects(store.documents('d', { tenant }).get(long), { code: 'InvalidPayload' })
    },
  )

  promise('the outbox keeps messages of the longest keys in the order of their key', async ({ store }) => {
    const keys = [random(5_000), 'é'.repeat(900), '\u{1F375}'.repeat(1_000)]
    for (const value of ['1', '2']) {
      await store.transaction(async (tx) => {
        for (const key of keys) await tx.outbox.add('t', { key, value })
      })
    }
    const { events } = await store.readAll()
    for (const [at] of keys.entries()) {
      const [first, second] = [events[at], events[at + keys.length]]
      assert.equal(first?.stream, second?.stream)
      assert.deepEqual([first?.version, second?.version], [1, 2])
    }
    assert.equal(new Set(events.map(({ stream }) => stream)).size, keys.length)
  })
}
