import assert from 'node:assert/strict'
import type { Tx } from '../../store/index.ts'
import { happened, interleaved, type Promised } from './harness.ts'

const far = Number.MAX_SAFE_INTEGER

export function recordPromises(promise: Promised): void {
  promise('an inbox takes an id once, also of two racing units', async ({ store, open }) => {
    const other = await open()
    const accept = (by: typeof store) =>
      by.transaction(async (tx) => {
        const accepted = await tx.inbox.accept('c', { id: 'm', expires: far })
        if (accepted) tx.documents<number>('effects').update('m', (n) => (n ?? 0) + 1)
        return accepted
      })
    const answers = await Promise.all([accept(store), accept(other), accept(store), accept(other)])
    assert.deepEqual(answers.toSorted(), [false, false, false, true])
    assert.equal(await store.documents('effects').get('m'), 1)
    assert.equal(await accept(store), false)
  })

  promise(
    'an inbox mark takes later versions only, a stream, topic, epoch and consumer each for itself',
    async ({ store }) => {
      const accept = (version: number, { consumer = 'c', topic = 't', epoch = 'e', stream = 's' } = {}) =>
        store.transaction((tx) => tx.inbox.accept(consumer, { topic, epoch, stream, version }))
      assert.equal(await accept(3), true)
      assert.equal(await accept(3), false)
      assert.equal(await accept(2), false)
      assert.equal(await accept(5), true)
      assert.equal(await accept(4), false)
      assert.equal(await accept(1, { consumer: 'd' }), true)
      assert.equal(await accept(1, { topic: 'u' }), true)
      assert.equal(await accept(1, { epoch: 'f' }), true)
      assert.equal(await accept(1, { stream: 'r' }), true)
    },
  )

  promise('inbox ids are kept until they expire, on the app clock', async ({ open }) => {
    let now = 1_000
    const store = await open({ clock: { now: () => now, at: () => () => {} } })
    const accept = (id: string, expires: number) =>
      store.transaction((tx) => tx.inbox.accept('c', { id, expires }))
    assert.equal(await accept('m', 2_000), true)
    now = 1_999
    assert.equal(await accept('m', 5_000), false)
    now = 2_000
    assert.equal(await accept('m', 3_000), true)
    assert.equal(await accept('m', 3_000), false)
    now = 9_000
    for (let n = 0; n < 20; n++) assert.equal(await accept(`later-${n}`, 10_000), true)
    assert.equal(await accept('later-3', 10_000), false)
    assert.equal(await accept('m', 10_000), true)
  })

  promise('a checkpoint is advanced by compare and set, and told when it moved', async ({ store, open }) => {
    const other = await open()
    await store.transaction((tx) => tx.checkpoint.advance('p', 0, 5))
    assert.equal(await other.checkpoint('p'), 5)
    await assert.rejects(
      store.transaction((tx) => tx.checkpoint.advance('p', 0, 9)),
      { code: 'CheckpointMoved', actual: 5 },
    )
    const between = interleaved(() => other.transaction((tx) => tx.checkpoint.advance('p', 5, 6)))
    await assert.rejects(
      store.transaction(async (tx) => {
        await tx.checkpoint.advance('p', 5, 7)
        tx.documents('d').put('x', 1)
        await between.meet()
      }),
      { code: 'CheckpointMoved', actual: 6 },
    )
    assert.equal(between.runs(), 1)
    assert.equal(await store.documents('d').get('x'), undefined)
    assert.equal(await store.checkpoint('p'), 6)
  })

  promise(
    'of units in one flush that advance a checkpoint from the same place one succeeds',
    async ({ store }) => {
      const answers = await Promise.allSettled(
        [1, 2, 3].map((to) => store.transaction((tx) => tx.checkpoint.advance('p', 0, to))),
      )
      // Each asks the engine where the checkpoint stands before it is flushed: any of them may be the first.
      const told = answers.map((answer) => (answer.status === 'fulfilled' ? 'advanced' : answer.reason.code))
      assert.deepEqual(told.toSorted(), ['CheckpointMoved', 'CheckpointMoved', 'advanced'])
      assert.equal(await store.checkpoint('p'), 1 + told.indexOf('advanced'))
    },
  )

  promise(
    'a checkpoint of another epoch of the log is EpochChanged, wherever it is met',
    async ({ store, open, renewEpoch }) => {
      await store.transaction((tx) => tx.checkpoint.advance('p', 0, 5))
      const before = store.epoch
      await renewEpoch()
      const restored = await open()
      assert.notEqual(restored.epoch, before)
      await assert.rejects(restored.checkpoint('p'), { code: 'EpochChanged' })
      await assert.rejects(
        restored.transaction((tx) => tx.checkpoint.get('p')),
        { code: 'EpochChanged' },
      )
      await assert.rejects(
        restored.transaction((tx) => tx.checkpoint.advance('p', 5, 6)),
        { code: 'EpochChanged' },
      )
      // A process that was not started anew does not go on either.
      await assert.rejects(
        store.transaction((tx) => tx.checkpoint.advance('p', 5, 6)),
        { code: 'EpochChanged' },
      )
      // Nor with one that is not there yet: it would stand where the positions of the old epoch left it.
      await assert.rejects(
        store.transaction((tx) => tx.checkpoint.advance('q', 0, 6)),
        { code: 'EpochChanged' },
      )
      assert.equal(await restored.checkpoint('q'), 0)
      await restored.transaction((tx) => tx.checkpoint.advance('q', 0, 1))
      assert.equal(await restored.checkpoint('q'), 1)
    },
  )

  promise(
    'a checkpoint that is carried into a new epoch goes on from where it stands, or from the end of the log',
    async ({ store, open, renewEpoch }) => {
      await store.append('a', [happened(1), happened(2), happened(3)])
      for (const [name, to] of [
        ['within', 2],
        ['beyond', 9],
        ['left', 2],
      ] as const)
        await store.transaction((tx) => tx.checkpoint.advance(name, 0, to))
      await renewEpoch({ carry: ['within', 'beyond', 'none'] })
      const restored = await open()
      assert.equal(await restored.checkpoint('within'), 2)
      assert.equal(await restored.checkpoint('beyond'), 3)
      assert.equal(await restored.checkpoint('none'), 0)
      await assert.rejects(restored.checkpoint('left'), { code: 'EpochChanged' })
      await restored.transaction((tx) => tx.checkpoint.advance('beyond', 3, 4))
      // Nor does a process go on that was not started anew: it would write the old epoch on what it publishes.
      await assert.rejects(
        store.transaction((tx) => tx.checkpoint.advance('within', 2, 3)),
        { code: 'EpochChanged' },
      )
    },
  )

  promise('a fence refuses lower tokens and lets equal and higher ones pass', async ({ store, open }) => {
    const other = await open()
    const write = (by: typeof store, token: number, value = token) =>
      by.transaction((tx) => {
        tx.fence('f', token)
        tx.documents('d').put('x', value)
      })
    await write(store, 5)
    await write(store, 5, 50)
    await assert.rejects(write(other, 4), { code: 'FencedOut' })
    assert.equal(await store.documents('d').get('x'), 50)
    await write(other, 6)
    await assert.rejects(write(store, 5), { code: 'FencedOut' })
    assert.equal(await store.documents('d').get('x'), 6)
    await store.transaction((tx) => tx.fence('another', 1))
  })

  promise('a zombie whose token is passed while it awaits writes nothing', async ({ store, open }) => {
    const other = await open()
    const between = interleaved(() =>
      other.transaction((tx) => {
        tx.fence('f', 8)
        tx.documents('d').put('x', 'new owner')
      }),
    )
    await assert.rejects(
      store.transaction(async (tx) => {
        tx.fence('f', 7)
        tx.documents('d').put('x', 'zombie')
        await between.meet()
      }),
      { code: 'FencedOut' },
    )
    assert.equal(await store.documents('d').get('x'), 'new owner')
    const racing = await Promise.allSettled(
      [9, 10, 9].map((token) => store.transaction((tx) => tx.fence('f', token))),
    )
    assert.deepEqual(
      racing.map(({ status }) => status),
      ['fulfilled', 'fulfilled', 'rejected'],
    )
  })

  promise('a command record is kept beside its events, and never written over', async ({ store }) => {
    const record = {
      commandId: 'c',
      hash: 'h',
      outcome: 'refused',
      refusal: { name: 'No', message: 'not now' },
    } as const
    const decide = () =>
      store.transaction(async (tx) => {
        const found = await tx.commands.find('s', 'c')
        if (found === undefined) {
          tx.commands.record('s', record)
          await tx.append('s', [happened()])
        }
        return found
      })
    const answers = await Promise.all([decide(), decide(), decide()])
    // Undefined stands last where it is sorted: any of them may be the first.
    assert.deepEqual(answers.toSorted(), [record, record, undefined])
    assert.equal((await store.read('s')).version, 1)
    await store.transaction((tx) =>
      tx.commands.record('empty', { commandId: 'c', hash: null, outcome: 'refused' }),
    )
    assert.deepEqual(await store.transaction((tx) => tx.commands.find('empty', 'c')), {
      commandId: 'c',
      hash: null,
      outcome: 'refused',
    })
    assert.equal((await store.read('empty')).version, 0)
    await store.append('empty', [happened()], { expect: 'none' })
    assert.equal(await store.transaction((tx) => tx.commands.find('s', 'other')), undefined)
  })

  promise('timers are given by due time; setting one again moves it', async ({ store }) => {
    await store.transaction((tx) => {
      tx.timers.set({ owner: 'o', id: 'late', due: 30, data: { n: 1 } })
      tx.timers.set({ owner: 'o', id: 'moved', due: 99, data: 1 })
      tx.timers.set({ owner: 'o', id: 'moved', due: 10, data: 2 })
      tx.timers.set({ owner: 'p', id: 'other', due: 20, data: null })
      tx.timers.set({ owner: 'o', id: 'gone', due: 1, data: 0 })
    })
    await store.transaction((tx) => tx.timers.cancel('o', 'gone'))
    const ids = async (query: Parameters<typeof store.timers>[0]) =>
      (await store.timers(query)).map(({ id }) => id)
    assert.deepEqual(await ids({}), ['moved', 'other', 'late'])
    assert.deepEqual(await ids({ until: 20 }), ['moved', 'other'])
    assert.deepEqual(await ids({ until: 9 }), [])
    assert.deepEqual(await ids({ owner: 'o' }), ['moved', 'late'])
    assert.deepEqual(await store.timers({ owner: 'o', until: 99, limit: 1 }), [
      { tenant: '', owner: 'o', id: 'moved', due: 10, data: 2 },
    ])
  })

  promise('tenants are apart in everything', async ({ store }) => {
    const write = async (tx: Tx) => {
      await tx.append('s', [happened(tx.tenant, 'one')], { expect: 'none' })
      tx.documents('d').put('x', tx.tenant)
      tx.commands.record('s', { commandId: 'c', hash: tx.tenant, outcome: 'nothing' })
      tx.timers.set({ owner: 'o', id: 't', due: 1, data: tx.tenant })
      await tx.checkpoint.advance('p', 0, tx.tenant === '' ? 1 : 2)
      tx.fence('f', tx.tenant === '' ? 9 : 1)
      const message = { topic: 't', epoch: 'e', stream: 's', version: 1 }
      assert.equal(await tx.inbox.accept('c', message), true)
      assert.equal(await tx.inbox.accept('c', { id: 'm', expires: far }), true)
      await tx.outbox.add('t', { key: 'k', value: '1' })
    }
    await Promise.all(['', 'acme'].map((tenant) => store.transaction(write, { tenant })))
    for (const tenant of ['', 'acme']) {
      assert.deepEqual((await store.read('s', { tenant })).events[0]?.data, { n: tenant })
      assert.equal((await store.read('s', { tenant })).events[0]?.tenant, tenant)
      assert.equal(await store.documents('d', { tenant }).get('x'), tenant)
      assert.equal((await store.documents('d', { tenant }).list()).length, 1)
      assert.equal(await store.checkpoint('p', { tenant }), tenant === '' ? 1 : 2)
      assert.equal((await store.readAll({ tenant })).events.length, 2)
      const known = await store.transaction((tx) => tx.commands.find('s', 'c'), { tenant })
      assert.equal(known?.hash, tenant)
      assert.equal((await store.append('s', [happened(tenant, 'one')], { tenant })).duplicate, true)
    }
    assert.equal((await store.readAll()).events.length, 4)
    assert.deepEqual((await store.timers({})).map(({ tenant }) => tenant).toSorted(), ['', 'acme'])
    assert.equal((await store.read('s', { tenant: 'other' })).version, 0)
    assert.deepEqual(await store.documents('d', { tenant: 'other' }).list(), [])
    assert.equal(await store.checkpoint('p', { tenant: 'other' }), 0)
  })
}
