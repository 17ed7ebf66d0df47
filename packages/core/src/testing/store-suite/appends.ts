import assert from 'node:assert/strict'
import type { ConcurrencyError } from '../../store/index.ts'
import { happened, type Promised } from './harness.ts'

export function appendPromises(promise: Promised): void {
  promise(
    'an append gives versions from 1 and ascending positions, and both can be read',
    async ({ store }) => {
      const first = await store.append('a', [happened(1), happened(2)])
      const second = await store.append('a', [happened(3)])
      assert.deepEqual(
        first.events.map(({ version }) => version),
        [1, 2],
      )
      assert.equal(second.version, 3)
      assert.equal(second.duplicate, false)
      assert.ok(second.position > first.position && first.position > 0)
      const { events, version } = await store.read('a')
      assert.equal(version, 3)
      assert.deepEqual(events, [...first.events, ...second.events])
      assert.deepEqual((await store.readAll()).events, events)
      assert.equal(await store.head(), second.position)
    },
  )

  promise("of two concurrent creations with 'none' one succeeds", async ({ store, open }) => {
    const other = await open()
    for (const second of [store, other]) {
      const stream = second === store ? 'same' : 'two'
      const answers = await Promise.allSettled([
        store.append(stream, [happened(1)], { expect: 'none' }),
        second.append(stream, [happened(2)], { expect: 'none' }),
      ])
      const refused = answers.filter((answer) => answer.status === 'rejected')
      assert.equal(refused.length, 1)
      const error: ConcurrencyError = refused[0]?.reason
      assert.equal(error.code, 'ConcurrencyError')
      assert.deepEqual([error.stream, error.expected, error.actual], [stream, 'none', 1])
      assert.equal((await store.read(stream)).events.length, 1)
    }
  })

  promise(
    'a version that the stream has passed or not reached is a conflict with the true version',
    async ({ store }) => {
      await store.append('a', [happened(1), happened(2)])
      for (const expect of [0, 1, 3, 99]) {
        await assert.rejects(store.append('a', [happened()], { expect }), {
          code: 'ConcurrencyError',
          expected: expect,
          actual: 2,
        })
      }
      await assert.rejects(store.append('b', [happened()], { expect: 1 }), {
        code: 'ConcurrencyError',
        actual: 0,
      })
      assert.equal((await store.append('a', [happened()], { expect: 2 })).version, 3)
      assert.equal((await store.append('b', [happened()], { expect: 0 })).version, 1)
    },
  )

  promise("'exists' and 'none' say what they mean", async ({ store }) => {
    await assert.rejects(store.append('a', [happened()], { expect: 'exists' }), {
      code: 'ConcurrencyError',
      actual: 0,
    })
    await store.append('a', [happened()], { expect: 'none' })
    await store.append('a', [happened()], { expect: 'exists' })
    await assert.rejects(store.append('a', [happened()], { expect: 'none' }), {
      code: 'ConcurrencyError',
      actual: 2,
    })
  })

  promise('appending nothing checks expect and writes nothing', async ({ store }) => {
    await store.append('a', [happened()])
    const before = await store.commits()
    const answer = await store.append('a', [], { expect: 1 })
    assert.deepEqual(answer, { version: 1, position: 0, events: [], duplicate: false })
    await assert.rejects(store.append('a', [], { expect: 'none' }), { code: 'ConcurrencyError', actual: 1 })
    await assert.rejects(store.append('b', [], { expect: 'exists' }), { code: 'ConcurrencyError', actual: 0 })
    assert.equal((await store.append('b', [])).version, 0)
    assert.equal((await store.read('b')).version, 0)
    assert.equal(await store.commits(), before)
  })

  promise("two 'any' appends to one stream in one flush do not conflict", async ({ store }) => {
    const answers = await Promise.all([
      store.append('a', [happened(1)]),
      store.append('a', [happened(2), happened(3)]),
    ])
    assert.deepEqual(
      answers.map(({ version }) => version),
      [1, 3],
    )
    const { events } = await store.read('a')
    assert.deepEqual(
      events.map(({ data }) => data),
      [{ n: 1 }, { n: 2 }, { n: 3 }],
    )
  })

  promise(
    'callers with an exact version in one flush are answered as if each came alone',
    async ({ store }) => {
      const answers = await Promise.allSettled([
        store.append('a', [happened(1)], { expect: 0 }),
        store.append('a', [happened(2)], { expect: 0 }),
        store.append('a', [happened(3)], { expect: 1 }),
        store.append('a', [happened(4)], { expect: 'exists' }),
      ])
      assert.deepEqual(
        answers.map(({ status }) => status),
        ['fulfilled', 'rejected', 'fulfilled', 'fulfilled'],
      )
    },
  )

  promise("one caller's error harms no neighbour in the same flush", async ({ store }) => {
    await store.append('taken', [happened()])
    const answers = await Promise.allSettled([
      store.append('a', [happened(1)]),
      store.append('taken', [happened()], { expect: 'none' }),
      store.transaction((tx) =>
        tx.documents('d').update('x', () => {
          throw new Error('a bad update')
        }),
      ),
      store.append('b', [happened(undefined)]),
      store.append('c', [{ type: 'Happened', data: { n: Number.NaN } }]),
      store.append('a', [happened(2)]),
    ])
    assert.deepEqual(
      answers.map(({ status }) => status),
      ['fulfilled', 'rejected', 'rejected', 'fulfilled', 'rejected', 'fulfilled'],
    )
    assert.equal((await store.read('a')).version, 2)
    assert.match(String(answers[2]?.status === 'rejected' && answers[2].reason), /a bad update/)
  })

  promise('answers come, and positions are given, in the order of arrival', async ({ store }) => {
    const answered: number[] = []
    const results = await Promise.all(
      Array.from({ length: 50 }, async (_, n) => {
        const result = await store.append(`s-${n % 7}`, [happened(n)])
        answered.push(n)
        return result.position
      }),
    )
    assert.deepEqual(
      answered,
      answered.toSorted((a, b) => a - b),
    )
    assert.deepEqual(
      results,
      results.toSorted((a, b) => a - b),
    )
  })

  promise('1,000 concurrent appends all stand, without gaps in their streams', async ({ store }) => {
    const before = await store.commits()
    await Promise.all(Array.from({ length: 1_000 }, (_, n) => store.append(`s-${n % 10}`, [happened(n)])))
    for (let stream = 0; stream < 10; stream++) {
      const { events } = await store.read(`s-${stream}`)
      assert.deepEqual(
        events.map(({ version }) => version),
        Array.from({ length: 100 }, (_, n) => n + 1),
      )
    }
    assert.ok((await store.commits()) - before <= 20, 'concurrent appends share commits')
    const log: number[] = []
    for (let after = 0; ; ) {
      const { events, examined } = await store.readAll({ after, limit: 300 })
      log.push(...events.map(({ position }) => position))
      if (examined === after) break
      after = examined
    }
    assert.equal(new Set(log).size, 1_000)
    assert.deepEqual(
      log,
      log.toSorted((a, b) => a - b),
    )
  })

  promise('what a caller changes in its payload after the call does not reach the log', async ({ store }) => {
    const data = { list: [1] }
    const appending = store.append('a', [{ type: 'Happened', data }])
    data.list.push(2)
    await appending
    const read = await store.read('a')
    assert.deepEqual(read.events[0]?.data, { list: [1] })
    Object.assign(read.events[0]?.data ?? {}, { list: [3] })
    assert.deepEqual((await store.read('a')).events[0]?.data, { list: [1] })
  })

  promise('an event is recorded by the given clock, with its metadata', async ({ open }) => {
    const store = await open({ clock: { now: () => 12_345, at: () => () => {} } })
    const metadata = { correlationId: 'c', causationId: 'd', commandId: 'e', own: { deep: [1, null, 'x'] } }
    await store.append('a', [{ type: 'Happened', data: 1, metadata, schemaVersion: 3 }])
    const { events } = await store.read('a')
    assert.equal(events[0]?.recordedAt, 12_345)
    assert.deepEqual(events[0]?.metadata, metadata)
    assert.equal(events[0]?.schemaVersion, 3)
  })
}
