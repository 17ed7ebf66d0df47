import assert from 'node:assert/strict'
import { happened, interleaved, outside, type Promised } from './harness.ts'

export function idPromises(promise: Promised): void {
  promise(
    'a retry after a lost answer succeeds as a duplicate, whatever its expect',
    async ({ store, open }) => {
      const events = [happened(1, 'one'), happened(2, 'two')]
      const first = await store.append('a', events, { expect: 'none' })
      await store.append('a', [happened(3)])
      for (const expect of ['none', 'exists', 'any', 0, 1, 2, 3, 99] as const) {
        const again = await (await open()).append('a', events, { expect })
        assert.deepEqual(again, { ...first, duplicate: true }, `expect ${expect}`)
      }
      assert.equal((await store.read('a')).version, 3)
    },
  )

  promise('metadata does not count when ids meet, the canonical data does', async ({ store }) => {
    const id = '0199c2a0-0000-7000-8000-000000000001'
    await store.append('a', [
      { type: 'Happened', id, data: { b: 1, a: [{ d: 2, c: 1.0 }] }, metadata: { traceparent: 'x' } },
    ])
    const again = await store.append('a', [
      {
        type: 'Happened',
        id,
        data: JSON.parse('{"a":[{"c":1.0e0,"d":2}],"b":1}'),
        metadata: { traceparent: 'y' },
      },
    ])
    assert.equal(again.duplicate, true)
    assert.deepEqual(again.events[0]?.metadata, { traceparent: 'x' })
    const other = { type: 'Happened', id, data: { b: 1, a: [{ d: 2, c: 1.5 }] } }
    await assert.rejects(store.append('a', [other]), { code: 'EventIdReused' })
    assert.equal(await store.head(), 1)
  })

  promise('ids met in any other way are EventIdReused, and nothing is written', async ({ store }) => {
    await store.append('a', [happened(1, 'one'), happened(2, 'two'), happened(3, 'three')])
    await store.append('b', [happened(4, 'four')])
    const before = await store.head()
    const wrong = [
      ['other data', 'a', [happened(9, 'one')]],
      ['another type', 'a', [{ ...happened(1, 'one'), type: 'Other' }]],
      ['partly there', 'a', [happened(1, 'one'), happened(9, 'nine')]],
      ['partly there, a new one without an id', 'a', [happened(1, 'one'), happened(9)]],
      ['partly there, the new one first', 'a', [happened(9, 'nine'), happened(1, 'one')]],
      ['another order', 'a', [happened(2, 'two'), happened(1, 'one')]],
      ['not consecutive', 'a', [happened(1, 'one'), happened(3, 'three')]],
      ['another stream', 'b', [happened(1, 'one')]],
      ['a new stream', 'c', [happened(1, 'one')]],
      ['two streams', 'a', [happened(1, 'one'), happened(4, 'four')]],
      ['twice in one call', 'a', [happened(1, 'one'), happened(1, 'one')]],
      ['twice in one call, new', 'a', [happened(7, 'seven'), happened(7, 'seven')]],
    ] as const
    for (const [how, stream, events] of wrong) {
      await assert.rejects(store.append(stream, events), { code: 'EventIdReused' }, how)
      await assert.rejects(
        store.transaction(async (tx) => {
          tx.documents('d').put('x', 1)
          await tx.append(stream, events)
        }),
        { code: 'EventIdReused' },
        `${how}, in a unit of work`,
      )
    }
    assert.equal(await store.head(), before)
    assert.equal(await store.documents('d').get('x'), undefined)
    assert.equal((await store.append('a', [happened(2, 'two'), happened(3, 'three')])).duplicate, true)
  })

  promise('ids are looked at before expect', async ({ store }) => {
    await store.append('a', [happened(1, 'one')])
    await assert.rejects(store.append('a', [happened(2, 'one')], { expect: 'none' }), {
      code: 'EventIdReused',
    })
    assert.equal((await store.append('a', [happened(1, 'one')], { expect: 'none' })).duplicate, true)
  })

  promise('equal ids inside one flush are duplicates of each other', async ({ store }) => {
    const answers = await Promise.allSettled([
      store.append('a', [happened(1, 'one')], { expect: 'none' }),
      store.append('a', [happened(1, 'one')], { expect: 'none' }),
      store.append('a', [happened(2, 'one')]),
      store.append('a', [happened(3, 'three')]),
      store.append('a', [happened(1, 'one'), happened(3, 'three')]),
      store.append('b', [happened(1, 'one')]),
    ])
    assert.deepEqual(
      answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.duplicate : answer.reason.code)),
      [false, true, 'EventIdReused', false, true, 'EventIdReused'],
    )
    assert.equal((await store.read('a')).version, 2)
  })

  promise('ids come back as they were given, UUIDs or not', async ({ store }) => {
    const ids = [
      '0199c2a0-1111-7000-8000-000000000001',
      '0199C2A0-2222-7000-8000-00000000000A',
      '0199c2a0111170008000000000000001',
      'order/1 é 😀',
      '1',
      '=1',
    ]
    await store.append(
      'a',
      ids.map((id) => happened(id, id)),
    )
    assert.deepEqual(
      (await store.read('a')).events.map(({ id }) => id),
      ids,
    )
    for (const id of ids) assert.equal((await store.append('a', [happened(id, id)])).duplicate, true, id)
    await store.append('a', [happened(0, ids[1]?.toLowerCase())])
  })

  promise('a unit whose append is a duplicate applies nothing', async ({ store }) => {
    await store.append('a', [happened(1, 'one')])
    const before = await store.commits()
    const result = await store.transaction(async (tx) => {
      tx.documents('d').put('x', 1)
      const appended = await tx.append('a', [happened(1, 'one')], { expect: 'none' })
      await tx.append('b', [happened(2)])
      await tx.checkpoint.advance('c', 0, 7)
      tx.timers.set({ owner: 'o', id: 't', due: 1, data: 1 })
      await tx.outbox.add('t', { key: 'k', value: '{}' })
      assert.equal(await tx.inbox.accept('i', { id: 'm', expires: Number.MAX_SAFE_INTEGER }), true)
      return appended
    })
    assert.equal(result.duplicate, true)
    assert.equal(result.version, 1)
    assert.equal(await store.documents('d').get('x'), undefined)
    assert.equal((await store.read('b')).version, 0)
    assert.equal(await store.checkpoint('c'), 0)
    assert.deepEqual(await store.timers({}), [])
    assert.equal((await store.readAll()).events.length, 1)
    assert.equal(await store.commits(), before)
  })

  promise('a unit whose append becomes a duplicate before its flush applies nothing', async ({ store }) => {
    const events = [happened(2, 'two')]
    const unit = () =>
      store.transaction(async (tx) => {
        const { duplicate } = await tx.append('a', events)
        if (!duplicate) tx.documents<number>('count').update('x', (n) => (n ?? 0) + 1)
        tx.documents<number>('always').update('x', (n) => (n ?? 0) + 1)
        return duplicate
      })
    const answers = await Promise.all([unit(), unit(), unit()])
    assert.deepEqual(answers.toSorted(), [false, true, true])
    assert.equal(await store.documents('count').get('x'), 1)
    assert.equal(await store.documents('always').get('x'), 1)
    assert.equal((await store.read('a')).version, 1)
  })

  promise(
    'an id that another stream took before the flush is EventIdReused, and nothing is written',
    async ({ store }) => {
      const between = interleaved(() => outside(() => store.append('b', [happened(1, 'one')])))
      await assert.rejects(
        store.transaction(async (tx) => {
          await tx.append('a', [happened(1, 'one')])
          tx.documents('d').put('x', 1)
          await between.meet()
        }),
        { code: 'EventIdReused', message: /is in stream "b" already/ },
      )
      assert.equal((await store.read('a')).version, 0)
      assert.equal(await store.documents('d').get('x'), undefined)
      assert.equal((await store.readAll()).events.length, 1)
    },
  )
}
