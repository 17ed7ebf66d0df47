import assert from 'node:assert/strict'
import { setTimeout as sleep } from 'node:timers/promises'
import { gate, happened, type Promised } from './harness.ts'

export function lifecyclePromises(promise: Promised): void {
  promise('a lease has one holder, whose token stays while it holds', async ({ store, open }) => {
    const other = await open()
    const lease = await store.leases.acquire('l', 'a', 5_000)
    assert.equal(lease?.holder, 'a')
    assert.equal(await other.leases.acquire('l', 'b', 5_000), undefined)
    assert.deepEqual(await other.leases.acquire('l', 'a', 5_000), lease)
    assert.equal((await other.leases.acquire('another', 'b', 5_000))?.holder, 'b')
    const racing = await Promise.all(
      ['c', 'd', 'e'].map((holder) => other.leases.acquire('raced', holder, 5_000)),
    )
    assert.equal(racing.filter((taken) => taken !== undefined).length, 1)
  })

  promise(
    'a lease that ran out goes to another with a higher token, and the old holder hears of it',
    async ({ store, open }) => {
      const other = await open()
      const first = await store.leases.acquire('l', 'a', 20)
      assert.ok(first)
      assert.equal(await store.leases.renew(first, 20), true)
      await sleep(40)
      const second = await other.leases.acquire('l', 'b', 5_000)
      assert.ok(second && second.token > first.token)
      assert.equal(await store.leases.renew(first, 5_000), false)
      await store.leases.release(first)
      assert.equal(await other.leases.renew(second, 5_000), true)
      assert.equal(await store.leases.acquire('l', 'a', 5_000), undefined)
    },
  )

  promise('a released lease is free at once, and its token is never given again', async ({ store, open }) => {
    const other = await open()
    const first = await store.leases.acquire('l', 'a', 60_000)
    assert.ok(first)
    await store.leases.release(first)
    assert.equal(await store.leases.renew(first, 5_000), false)
    const second = await other.leases.acquire('l', 'b', 60_000)
    assert.ok(second && second.token > first.token)
    await other.leases.release(second)
    const third = await store.leases.acquire('l', 'a', 60_000)
    assert.ok(third && third.token > second.token)
  })

  promise('keeping a lease is no commit', async ({ store }) => {
    const before = await store.commits()
    const lease = await store.leases.acquire('l', 'a', 60_000)
    if (lease !== undefined) await store.leases.renew(lease, 60_000)
    assert.equal(await store.commits(), before)
  })

  promise(
    'a quiet unit is written like any other, and is no commit unless it shares one',
    async ({ store }) => {
      const before = await store.commits()
      const put = (id: string, quiet: boolean) =>
        store.transaction((tx) => tx.documents('c').put(id, id), { quiet })
      await put('a', true)
      assert.equal(await store.commits(), before)
      assert.equal(await store.documents('c').get('a'), 'a')
      await Promise.all([put('b', true), put('c', false)])
      assert.ok((await store.commits()) > before)
      assert.equal(await store.documents('c').get('b'), 'b')
    },
  )

  promise('what appends events or records a command is never quiet', async ({ store }) => {
    const before = await store.commits()
    await store.transaction((tx) => tx.append('a', [happened()]), { quiet: true })
    const between = await store.commits()
    assert.ok(between > before)
    const record = { commandId: 'c-1', hash: null, outcome: 'refused' } as const
    await store.transaction((tx) => tx.commands.record('a', record), { quiet: true })
    assert.ok((await store.commits()) > between)
  })

  promise(
    'commits count up with each commit, also of others, and listeners hear of it',
    async ({ store, open }) => {
      const other = await open()
      const heard = gate()
      let calls = 0
      const end = store.onCommit(() => {
        calls++
        heard.open()
      })
      const before = await store.commits()
      assert.equal(await store.commits(), before)
      await other.append('a', [happened()])
      assert.ok((await store.commits()) > before)
      await heard.passed
      end()
      const after = calls
      await other.append('a', [happened()])
      await sleep(50)
      assert.equal(calls, after)
    },
  )

  promise('what a listener is told leaves out nothing that the commit changed', async ({ store, open }) => {
    const other = await open()
    const timer = { owner: 'o', id: 't', due: 1, data: {} }
    for (const writer of [store, other]) {
      const documents = gate()
      const timers = gate()
      const end = store.onCommit((news) => {
        if (news === undefined || news.collections.has('a b,c')) documents.open()
        if (news === undefined || news.timers) timers.open()
      })
      await writer.transaction((tx) => tx.documents('a b,c').put('x', 1))
      await documents.passed
      await writer.transaction((tx) => tx.timers.set(timer))
      await timers.passed
      end()
    }
  })

  promise(
    'a listener that is gone hears nothing, and one of a closed store neither',
    async ({ store, open }) => {
      const closing = await open()
      let calls = 0
      closing.onCommit(() => calls++)
      await closing.close()
      await store.append('a', [happened()])
      await sleep(50)
      assert.equal(calls, 0)
    },
  )

  promise('closing answers what is queued and refuses what comes later', async ({ store, open }) => {
    const appending = Array.from({ length: 50 }, (_, n) => store.append('a', [happened(n)]))
    const waiting = gate()
    const late = store.transaction(async (tx) => {
      await tx.append('b', [happened()])
      await waiting.passed
    })
    const closing = store.close()
    const calls = [
      () => store.append('a', [happened()]),
      () => store.read('a'),
      () => store.readAll(),
      () => store.head(),
      () => store.transaction(() => 1),
      () => store.documents('d').get('x'),
      () => store.checkpoint('p'),
      () => store.timers({}),
      () => store.commits(),
      () => store.leases.acquire('l', 'a', 1),
    ]
    for (const call of calls) await assert.rejects(call(), { code: 'StoreClosed' })
    waiting.open()
    await assert.rejects(late, { code: 'StoreClosed' })
    assert.equal((await Promise.all(appending)).at(-1)?.version, 50)
    await closing
    await store.close()
    const again = await open()
    assert.equal((await again.read('a')).version, 50)
    assert.equal((await again.read('b')).version, 0)
    assert.equal(again.epoch, store.epoch)
  })

  promise('health tells what is queued', async ({ store }) => {
    assert.deepEqual(store.health(), { oldestOpenAppend: 0, queued: 0 })
    const appending = Array.from({ length: 5 }, () => store.append('a', [happened()]))
    await Promise.resolve()
    assert.equal(store.health().queued, 5)
    await Promise.all(appending)
    await new Promise(setImmediate)
    assert.deepEqual(store.health(), { oldestOpenAppend: 0, queued: 0 })
  })

  promise(
    'a queue that is full refuses with StoreOverloaded, and what was taken in is answered',
    async ({ store }) => {
      const answers = await Promise.allSettled(
        Array.from({ length: 20_100 }, () => store.append('a', [{ type: 'Happened', data: 1 }])),
      )
      const refused = answers.filter((answer) => answer.status === 'rejected')
      assert.ok(refused.length > 0)
      for (const { reason } of refused) assert.equal(reason.code, 'StoreOverloaded')
      assert.equal((await store.read('a', { limit: 0 })).version, answers.length - refused.length)
    },
  )

  promise(
    'a catalog checks what users append, and brings old payloads up to date unless they are asked for raw',
    async ({ open }) => {
      const calls: string[] = []
      const store = await open({
        catalog: {
          namespace: 'com.example',
          namespaceOf: () => 'com.example',
          types: new Set(['Happened']),
          version: () => 2,
          prepare(event) {
            calls.push(event.type)
            if (event.type !== 'Happened') throw new Error(`unknown ${event.type}`)
            return { ...event, schemaVersion: event.schemaVersion ?? 2 }
          },
          receive: (_type, _version, data) => data,
          upcast: (event) =>
            event.schemaVersion < 2 ? { ...event, schemaVersion: 2, data: { up: event.data } } : event,
          isNewer: () => false,
        },
      })
      await store.append('a', [{ type: 'Happened', data: 1, schemaVersion: 1 }, happened(2)])
      await store.append('a', [{ type: 'eventwright.Own', data: 3 }])
      await assert.rejects(store.append('a', [{ type: 'Other', data: 1 }]), { message: 'unknown Other' })
      await assert.rejects(
        store.transaction((tx) => tx.append('a', [{ type: 'Other', data: 1 }])),
        { message: 'unknown Other' },
      )
      assert.deepEqual(calls, ['Happened', 'Happened', 'Other', 'Other'])
      const expected = [{ up: 1 }, { n: 2 }, 3]
      const datas = (events: readonly { readonly data: unknown }[]) => events.map(({ data }) => data)
      assert.deepEqual(datas((await store.read('a')).events), expected)
      assert.deepEqual(datas((await store.readAll()).events), expected)
      assert.deepEqual(datas((await store.transaction((tx) => tx.read('a'))).events), expected)
      assert.deepEqual(datas((await store.readAll({ raw: true })).events), [1, { n: 2 }, 3])
    },
  )
}
