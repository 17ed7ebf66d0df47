import assert from 'node:assert/strict'
import { happened, interleaved, type Promised } from './harness.ts'

/** What units of one flush are to each other: nothing, unless they touch the same. */
export function flushPromises(promise: Promised): void {
  promise('lists of different ranges, collections and tenants do not meet in a flush', async ({ store }) => {
    for (const tenant of ['', 'acme']) {
      await store.transaction(
        (tx) => {
          for (const id of ['a/1', 'a/2', 'b/1']) tx.documents('d').put(`${id}${tenant}`, id)
        },
        { tenant },
      )
    }
    const ranges = [
      { prefix: 'a/' },
      { prefix: 'b/' },
      { after: 'a/1z' },
      { limit: 1 },
      { limit: 2 },
      { prefix: 'a/', limit: 1 },
    ]
    let runs = 0
    const lists = ['', 'acme'].flatMap((tenant) =>
      ranges.map((range, n) =>
        store.transaction(
          async (tx) => {
            runs++
            const list = await tx.documents('d').list(range)
            tx.documents('seen').put(`${n}`, list.length)
            // Beside the list: in another collection, and behind the end of a full page.
            tx.documents('e').put('a/1', n)
            return list.map(({ id }) => id)
          },
          { tenant },
        ),
      ),
    )
    const expected = [['a/1', 'a/2'], ['b/1'], ['a/2', 'b/1'], ['a/1'], ['a/1', 'a/2'], ['a/1']]
    assert.deepEqual(
      await Promise.all(lists),
      ['', 'acme'].flatMap((tenant) => expected.map((ids) => ids.map((id) => `${id}${tenant}`))),
    )
    assert.equal(runs, lists.length)
  })

  promise('each event has a position of its own, also those of one unit and one flush', async ({ store }) => {
    await Promise.all([
      store.transaction(async (tx) => {
        await tx.append('a', [happened(1), happened(2)])
        await tx.append('b', [happened(3)])
        await tx.outbox.add('t', { key: 'k', value: '1' })
        await tx.append('a', [happened(4)])
      }),
      store.append('c', [happened(5), happened(6)]),
    ])
    const { events } = await store.readAll()
    const first = events[0]?.position ?? 0
    assert.deepEqual(
      events.map(({ position }) => position - first),
      [0, 1, 2, 3, 4, 5, 6],
    )
    assert.deepEqual(
      events.filter(({ stream }) => stream !== 'c').map(({ stream, version }) => `${stream} ${version}`),
      ['a 1', 'a 2', 'b 1', 'outbox:t/k 1', 'a 3'],
    )
  })

  promise('work sees one version of a stream, whoever appends meanwhile', async ({ store, open }) => {
    const other = await open()
    await store.append('a', [happened(1)])
    const between = interleaved(() => other.append('a', [happened(2), happened(3)]))
    const seen: unknown[] = []
    await store.transaction(async (tx) => {
      await tx.read('a')
      await between.meet()
      for (const options of [{}, { direction: 'backward' }, { direction: 'backward', limit: 1 }] as const) {
        const { events, version } = await tx.read('a', options)
        seen.push([version, events.map((event) => event.version)])
      }
    })
    const once = [1, [1]]
    const again = [
      [3, [1, 2, 3]],
      [3, [3, 2, 1]],
      [3, [3]],
    ]
    assert.deepEqual(seen, [once, once, once, ...again])
  })

  promise('a command record that nobody looked for is not written over either', async ({ store }) => {
    const record = { commandId: 'c', hash: 'first', outcome: 'nothing' } as const
    await store.transaction((tx) => tx.commands.record('s', record))
    const second = store.transaction((tx) => {
      tx.commands.record('s', { ...record, hash: 'second' })
      tx.documents('d').put('x', 1)
    })
    await assert.rejects(second, { code: 'ConcurrencyError', message: /record of command "c"/ })
    const both = await Promise.allSettled(
      ['one', 'two'].map((hash) => store.transaction((tx) => tx.commands.record('t', { ...record, hash }))),
    )
    assert.deepEqual(
      both.map(({ status }) => status),
      ['fulfilled', 'rejected'],
    )
    const found = await store.transaction((tx) => tx.commands.find('s', 'c'))
    assert.equal(found?.hash, 'first')
    assert.equal(await store.documents('d').get('x'), undefined)
  })

  promise(
    'work that only read a checkpoint does not commit over a new epoch of the log',
    async ({ store, open, renewEpoch }) => {
      await store.transaction((tx) => tx.checkpoint.advance('p', 0, 5))
      const between = interleaved(() => renewEpoch())
      const reading = store.transaction(async (tx) => {
        assert.equal(await tx.checkpoint.get('p'), 5)
        await between.meet()
        tx.documents('d').put('x', 1)
      })
      await assert.rejects(reading, { code: 'EpochChanged' })
      const restored = await open()
      assert.equal(await restored.documents('d').get('x'), undefined)
      await restored.transaction(async (tx) => {
        await assert.rejects(tx.checkpoint.get('p'), { code: 'EpochChanged' })
        await assert.rejects(tx.checkpoint.advance('p', 5, 6), { code: 'EpochChanged' })
      })
    },
  )

  promise('a clock may run backward and between milliseconds', async ({ open }) => {
    let now = 5_000.75
    const store = await open({ clock: { now: () => now, at: () => () => {} } })
    const accept = () => store.transaction((tx) => tx.inbox.accept('c', { id: 'm', expires: tx.now + 100 }))
    await store.append('a', [happened(1)])
    assert.equal(await accept(), true)
    now = 1_000.25
    await store.append('a', [happened(2)])
    assert.equal(await accept(), false)
    assert.deepEqual(
      (await store.readAll()).events.map(({ recordedAt, version }) => [version, recordedAt]),
      [
        [1, 5_000],
        [2, 1_000],
      ],
    )
    await store.transaction((tx) => tx.timers.set({ owner: 'o', id: 't', due: tx.now, data: 1 }))
    assert.equal((await store.timers({ until: 1_000 })).length, 1)
  })

  promise('an old lease stays lost, also to the same holder who took it anew', async ({ store, open }) => {
    const other = await open()
    const first = await store.leases.acquire('l', 'a', 60_000)
    assert.ok(first)
    await store.leases.release(first)
    const second = await other.leases.acquire('l', 'a', 60_000)
    assert.ok(second && second.token > first.token)
    assert.equal(await store.leases.renew(first, 60_000), false)
    await store.leases.release(first)
    assert.equal(await store.leases.acquire('l', 'b', 60_000), undefined)
    assert.equal(await other.leases.renew(second, 60_000), true)
  })
}
