import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import type { EventStore, Tx } from '../../store/index.ts'
import { gate, happened, interleaved, outside, type Promised } from './harness.ts'

const far = Number.MAX_SAFE_INTEGER
const mark = (version: number) => ({ topic: 't', epoch: 'e', stream: 's', version })

export function unitPromises(promise: Promised): void {
  promise(
    'a unit that awaits and fails leaves what another one committed meanwhile',
    async ({ store, open }) => {
      const other = await open()
      const waiting = gate()
      const failing = store.transaction(async (tx) => {
        await tx.append('a', [happened('failed')])
        await waiting.passed
        throw new Error('no')
      })
      const told = await other.append('a', [happened('kept')])
      const same = await store.append('b', [happened('kept too')])
      waiting.open()
      await assert.rejects(failing, { message: 'no' })
      assert.deepEqual((await store.read('a')).events, told.events)
      assert.deepEqual((await store.read('b')).events, same.events)
    },
  )

  promise('nobody waits for a unit whose work awaits', async ({ store, open }) => {
    const other = await open()
    const waiting = gate()
    const slow = store.transaction(async (tx) => {
      await tx.append('a', [happened()])
      tx.documents('d').put('x', 1)
      await waiting.passed
    })
    const before = performance.now()
    for (let n = 0; n < 20; n++) await other.append('b', [happened(n)])
    await store.append('c', [happened()])
    assert.ok(performance.now() - before < 60_000)
    assert.equal(await store.documents('d').get('x'), undefined)
    waiting.open()
    await slow
    assert.equal(await store.documents('d').get('x'), 1)
  })

  promise('a unit writes everything or nothing', async ({ store }) => {
    const everything = async (tx: Tx, fail: boolean) => {
      await tx.append('a', [happened(1)])
      await tx.append('b', [happened(2)])
      tx.documents('d').put('x', 1)
      await tx.checkpoint.advance('p', 0, 5)
      tx.timers.set({ owner: 'o', id: 't', due: 5, data: { n: 1 } })
      tx.commands.record('a', { commandId: 'c', hash: 'h', outcome: 'events', first: 1, last: 1 })
      await tx.outbox.add('topic', { key: 'k', value: '{}' })
      assert.equal(await tx.inbox.accept('c', { id: 'm', expires: far }), true)
      tx.documents('d').update('y', () => {
        if (fail) throw new Error('at the flush')
        return 2
      })
    }
    const state = async (reader: EventStore) => ({
      head: await reader.head(),
      documents: await reader.documents('d').list(),
      checkpoint: await reader.checkpoint('p'),
      timers: await reader.timers({}),
    })
    const before = await state(store)
    await assert.rejects(
      store.transaction((tx) => everything(tx, true)),
      { message: 'at the flush' },
    )
    assert.deepEqual(await state(store), before)
    await store.transaction((tx) => everything(tx, false))
    assert.deepEqual(await state(store), {
      head: await store.head(),
      documents: [
        { id: 'x', value: 1 },
        { id: 'y', value: 2 },
      ],
      checkpoint: 5,
      timers: [{ tenant: '', owner: 'o', id: 't', due: 5, data: { n: 1 } }],
    })
    assert.deepEqual(
      (await store.readAll()).events.map(({ stream, type }) => `${stream} ${type}`),
      ['a Happened', 'b Happened', 'outbox:topic/k eventwright.Outgoing'],
    )
  })

  promise('a unit sees its own buffer over the last commit', async ({ store }) => {
    await store.append('a', [happened(1)])
    await store.transaction((tx) => {
      tx.documents('d').put('b', 1)
      tx.documents('d').put('c', 1)
    })
    await store.transaction(async (tx) => {
      const documents = tx.documents<number>('d')
      const { version, events } = await tx.append('a', [happened(2), happened(3)], { expect: 1 })
      assert.equal(version, 3)
      assert.deepEqual(
        events.map((event) => event.version),
        [2, 3],
      )
      await assert.rejects(tx.append('a', [happened()], { expect: 1 }), {
        code: 'ConcurrencyError',
        actual: 3,
      })
      await tx.append('a', [happened(4)], { expect: 3 })
      documents.put('a', 0)
      documents.update('b', (n) => (n ?? 0) + 10)
      documents.update('b', (n) => (n ?? 0) * 2)
      documents.delete('c')
      documents.update('d', (n) => n ?? 7)
      assert.equal(await documents.get('b'), 22)
      assert.equal(await documents.get('c'), undefined)
      assert.deepEqual(await documents.list(), [
        { id: 'a', value: 0 },
        { id: 'b', value: 22 },
        { id: 'd', value: 7 },
      ])
      assert.deepEqual(await documents.list({ after: 'a', limit: 1 }), [{ id: 'b', value: 22 }])
      assert.equal(await tx.inbox.accept('c', { id: 'm', expires: far }), true)
      assert.equal(await tx.inbox.accept('c', { id: 'm', expires: far }), false)
      assert.equal(await tx.inbox.accept('c', mark(2)), true)
      assert.equal(await tx.inbox.accept('c', mark(2)), false)
      assert.equal(await tx.inbox.accept('c', mark(3)), true)
      await tx.checkpoint.advance('p', 0, 5)
      assert.equal(await tx.checkpoint.get('p'), 5)
      await tx.checkpoint.advance('p', 5, 6)
      await assert.rejects(tx.checkpoint.advance('p', 0, 9), { code: 'CheckpointMoved' })
      tx.timers.set({ owner: 'o', id: 't', due: 5, data: null })
      assert.deepEqual(await tx.timers.get('o', 't'), { owner: 'o', id: 't', due: 5, data: null })
      tx.timers.cancel('o', 't')
      assert.equal(await tx.timers.get('o', 't'), undefined)
      const record = { commandId: 'c', hash: 'h', outcome: 'nothing' } as const
      tx.commands.record('a', record)
      assert.deepEqual(await tx.commands.find('a', 'c'), record)
    })
    assert.equal((await store.read('a')).version, 4)
    assert.equal(await store.checkpoint('p'), 6)
    assert.deepEqual(await store.timers({}), [])
    assert.deepEqual(await store.documents('d').list(), [
      { id: 'a', value: 0 },
      { id: 'b', value: 22 },
      { id: 'd', value: 7 },
    ])
  })

  promise(
    "work's own expect is told to it, and a miss at the flush of one that held runs it again",
    async ({ store, open }) => {
      const other = await open()
      await assert.rejects(
        store.transaction((tx) => tx.append('a', [happened()], { expect: 3 })),
        { code: 'ConcurrencyError', actual: 0 },
      )
      const between = interleaved(() => other.append('a', [happened()]))
      let runs = 0
      const creating = store.transaction(async (tx) => {
        runs++
        await tx.append('a', [happened()], { expect: 'none' })
        await between.meet()
      })
      await assert.rejects(creating, { code: 'ConcurrencyError', expected: 'none', actual: 1 })
      assert.equal(runs, 2)
    },
  )

  promise('work that saw two things torn apart runs again instead of failing', async ({ store, open }) => {
    const other = await open()
    const both = async (n: number) =>
      other.transaction((tx) => {
        tx.documents('d').put('left', n)
        tx.documents('d').put('right', n)
      })
    await both(1)
    const between = interleaved(() => both(2))
    await store.transaction(async (tx) => {
      const left = await tx.documents('d').get('left')
      await between.meet()
      const right = await tx.documents('d').get('right')
      if (left !== right) throw new Error('torn')
    })
    assert.equal(between.runs(), 2)
  })

  promise('a unit that only reads commits nothing', async ({ store }) => {
    await store.append('a', [happened()])
    const before = await store.commits()
    assert.equal(await store.transaction(async (tx) => (await tx.read('a')).version), 1)
    assert.equal(await store.transaction(() => 'nothing at all'), 'nothing at all')
    assert.equal(await store.commits(), before)
  })

  promise('many units that read and write one document all get through', async ({ store, open }) => {
    const other = await open()
    await Promise.all(
      Array.from({ length: 60 }, (_, n) =>
        (n % 2 === 0 ? store : other).transaction(async (tx) => {
          const count = (await tx.documents<number>('d').get('count')) ?? 0
          await sleep(1)
          tx.documents('d').put('count', count + 1)
        }),
      ),
    )
    assert.equal(await store.documents('d').get('count'), 60)
  })

  promise(
    'a unit that others overtake each time gives up with a ConcurrencyError that says so',
    async ({ store, open }) => {
      const other = await open()
      const hopeless = store.transaction(async (tx) => {
        await tx.append('a', [happened()])
        await outside(() => other.append('a', [happened()]))
      })
      await assert.rejects(hopeless, { code: 'ConcurrencyError', message: /100 times/ })
    },
  )

  promise(
    'calling the store inside a unit of work throws UseTxError, also after an await',
    async ({ store, open }) => {
      const other = await open()
      const calls: readonly ((asked: EventStore) => Promise<unknown>)[] = [
        (asked) => asked.append('a', [happened()]),
        (asked) => asked.read('a'),
        (asked) => asked.readAll(),
        (asked) => asked.head(),
        (asked) => asked.transaction(() => undefined),
        (asked) => asked.documents('d').get('x'),
        (asked) => asked.documents('d').list(),
        (asked) => asked.checkpoint('p'),
        (asked) => asked.timers({}),
        (asked) => asked.leases.acquire('l', 'h', 1),
      ]
      await store.transaction(async () => {
        for (const asked of [store, other]) {
          for (const call of calls) await assert.rejects(call(asked), { code: 'UseTxError' })
        }
        await sleep(2)
        await assert.rejects(store.append('a', [happened()]), { code: 'UseTxError' })
      })
      assert.equal(await store.head(), 0)
    },
  )

  promise(
    'what work started and left behind may call the store once the work has ended, but not its tx',
    async ({ store }) => {
      const ended = gate()
      let leftBehind: Promise<unknown> = Promise.resolve()
      let kept: Tx | undefined
      await store.transaction((tx) => {
        kept = tx
        leftBehind = ended.passed.then(() => store.append('a', [happened()]))
      })
      ended.open()
      await leftBehind
      assert.equal((await store.read('a')).version, 1)
      await assert.rejects(async () => kept?.append('a', [happened()]), { code: 'TxEnded' })
      assert.throws(() => kept?.documents('d').put('x', 1), { code: 'TxEnded' })
    },
  )

  promise('work that does not await its tx is refused, and nothing of it is written', async ({ store }) => {
    const forgotten: ((tx: Tx) => Promise<unknown>)[] = [
      (tx) => tx.append('a', [happened()]),
      (tx) => tx.inbox.accept('c', { id: 'm', expires: 1 }),
      (tx) => tx.checkpoint.advance('p', 0, 1),
    ]
    for (const forget of forgotten) {
      const work = (tx: Tx): void => {
        tx.documents('d').put('x', 1)
        void forget(tx)
      }
      await assert.rejects(store.transaction(work), { code: 'TxEnded' })
    }
    assert.equal(await store.head(), 0)
    assert.equal(await store.documents('d').get('x'), undefined)
  })

  promise('an event of the outbox keeps its message, and adding does not conflict', async ({ store }) => {
    const message = { id: 'm', key: 'k/1', headers: { a: 'b' }, value: '{"n":1}' }
    let runs = 0
    await Promise.all(
      Array.from({ length: 10 }, () =>
        store.transaction(async (tx) => {
          runs++
          await tx.outbox.add('topic', message)
        }),
      ),
    )
    assert.equal(runs, 10)
    const { events } = await store.readAll({ types: ['eventwright.Outgoing'] })
    assert.equal(events.length, 10)
    assert.deepEqual(events[0]?.data, { ...message, topic: 'topic' })
    assert.equal(events[0]?.stream, 'outbox:topic/k%2F1')
  })
}
