import assert from 'node:assert/strict'
import { gate, happened, outside, type Promised } from './harness.ts'

export function documentPromises(promise: Promised): void {
  promise('updates of many writers are applied at the flush, without conflict', async ({ store, open }) => {
    const other = await open()
    let runs = 0
    await Promise.all(
      Array.from({ length: 200 }, (_, n) =>
        (n % 2 === 0 ? store : other).transaction((tx) => {
          runs++
          tx.documents<number>('d').update('count', (count) => (count ?? 0) + 1)
        }),
      ),
    )
    assert.equal(await store.documents('d').get('count'), 200)
    assert.equal(runs, 200)
  })

  promise('an update that gives undefined deletes', async ({ store }) => {
    await store.transaction((tx) => tx.documents('d').put('x', 1))
    await store.transaction((tx) => tx.documents('d').update('x', () => undefined))
    assert.equal(await store.documents('d').get('x'), undefined)
    assert.deepEqual(await store.documents('d').list(), [])
  })

  promise('puts, updates and deletes of one unit apply in order', async ({ store }) => {
    await store.transaction((tx) => {
      const documents = tx.documents<number[]>('d')
      documents.update('x', (list) => [...(list ?? []), 1])
      documents.put('x', [2])
      documents.update('x', (list) => [...(list ?? []), 3])
      documents.put('y', [1])
      documents.delete('y')
      documents.delete('z')
      documents.update('z', (list) => [...(list ?? []), 4])
    })
    assert.deepEqual(await store.documents('d').list(), [
      { id: 'x', value: [2, 3] },
      { id: 'z', value: [4] },
    ])
  })

  promise("lists are in the order of the ids' UTF-8 bytes, by prefix, after and limit", async ({ store }) => {
    const ids = [
      'a',
      'a/1',
      'a/10',
      'a/2',
      'a0',
      'b',
      'é',
      '\uffee',
      '😀',
      '😀/x',
      '\u{10ffff}',
      '\u{10ffff}z',
    ]
    await store.transaction((tx) => {
      for (const id of ids.toReversed()) tx.documents('d').put(id, id)
      tx.documents('e').put('elsewhere', 1)
    })
    const asked = [
      [{}, ids],
      [{ prefix: 'a/' }, ['a/1', 'a/10', 'a/2']],
      [{ prefix: 'a' }, ['a', 'a/1', 'a/10', 'a/2', 'a0']],
      [{ prefix: 'a', after: 'a/1', limit: 2 }, ['a/10', 'a/2']],
      [{ after: 'b' }, ids.slice(6)],
      [{ after: 'a/11', limit: 1 }, ['a/2']],
      [{ prefix: '😀' }, ['😀', '😀/x']],
      [{ prefix: '\u{10ffff}' }, ['\u{10ffff}', '\u{10ffff}z']],
      [{ prefix: 'a/', after: 'z' }, []],
      [{ prefix: 'c' }, []],
      [{ limit: 0 }, []],
    ] as const
    for (const [options, expected] of asked) {
      const list = await store.documents('d').list(options)
      assert.deepEqual(
        list.map(({ id }) => id),
        expected,
        JSON.stringify(options),
      )
      const inWork = await store.transaction((tx) => tx.documents('d').list(options))
      assert.deepEqual(inWork, list)
    }
  })

  promise(
    'a page of a list is full also where the unit deleted or added before its end',
    async ({ store }) => {
      await store.transaction((tx) => {
        for (const id of ['a', 'b', 'c', 'd', 'e']) tx.documents('d').put(id, id)
      })
      await store.transaction(async (tx) => {
        const documents = tx.documents('d')
        documents.delete('a')
        documents.delete('c')
        documents.put('bb', 'bb')
        documents.put('z', 'z')
        assert.deepEqual(
          (await documents.list({ limit: 3 })).map(({ id }) => id),
          ['b', 'bb', 'd'],
        )
        assert.deepEqual(
          (await documents.list({ after: 'd' })).map(({ id }) => id),
          ['e', 'z'],
        )
      })
    },
  )

  promise(
    'a document that was deleted and made again is another one to who read it before',
    async ({ store, open }) => {
      const other = await open()
      await store.transaction((tx) => tx.documents('d').put('x', 1))
      let runs = 0
      await store.transaction(async (tx) => {
        runs++
        await tx.documents('d').get('x')
        if (runs > 1) return
        await outside(async () => {
          await other.transaction((elsewhere) => elsewhere.documents('d').delete('x'))
          await other.transaction((elsewhere) => elsewhere.documents('d').put('x', 2))
        })
      })
      assert.equal(runs, 2)
    },
  )

  promise('a view shows checkpoint, documents and log as one commit left them', async ({ store, open }) => {
    const other = await open()
    const step = (n: number, tenant: string): Promise<void> =>
      other.transaction(
        async (tx) => {
          tx.documents('one').put('x', n)
          tx.documents('two').put('x', n)
          await tx.append('s', [happened(n)])
          await tx.checkpoint.advance('c', n - 1, n)
        },
        { tenant },
      )
    const looked = gate()
    const writing = (async () => {
      for (let n = 1; n <= 40; n++) {
        for (const tenant of ['', 't']) await step(n, tenant)
        // Else all may be written before the first view is seen.
        await looked.passed
      }
    })()
    const query = { checkpoint: 'c', collections: ['one', 'two'] }
    const heads = new Set<number>()
    for (let seen = 0; seen < 80; ) {
      const { head, checkpoints, documents } = await store.view(query)
      const sum = [...checkpoints.values()].reduce((all, position) => all + position, 0)
      assert.equal(head, sum)
      for (const { tenant, text } of documents) assert.equal(Number(text), checkpoints.get(tenant))
      assert.equal(documents.length, 2 * checkpoints.size)
      heads.add(head)
      looked.open()
      seen = head
      await new Promise(setImmediate)
    }
    await writing
    assert.ok(heads.size > 1)
    assert.deepEqual(
      (await store.view({ checkpoint: 'c', collections: ['two', 'none'] })).documents.map((document) => ({
        ...document,
      })),
      ['', 't'].map((tenant) => ({ tenant, collection: 'two', id: 'x', text: '40' })),
    )
  })

  promise(
    'onAppend writes in the unit of every append, plain ones too, and a throw of it undoes both',
    async ({ open }) => {
      const store = await open({
        async onAppend(tx, events) {
          for (const event of events) {
            if (event.type === 'Bad') throw new Error('cannot take it')
            tx.documents<number>('count').update(event.stream, (n) => (n ?? 0) + 1)
          }
        },
      })
      const first = await store.append('a', [happened(1, 'one'), happened(2)], { expect: 'none' })
      assert.equal(first.events[1]?.position, first.position)
      assert.equal((await store.append('a', [happened(1, 'one')], { expect: 'none' })).duplicate, true)
      await assert.rejects(store.append('a', [happened(1)], { expect: 'none' }), {
        code: 'ConcurrencyError',
        actual: 2,
      })
      await assert.rejects(store.append('a', [{ type: 'Bad', data: 1 }]), { message: 'cannot take it' })
      await store.transaction(async (tx) => void (await tx.append('a', [happened(3)])))
      await Promise.all(Array.from({ length: 150 }, (_, n) => store.append('busy', [happened(n)])))
      assert.deepEqual(await store.documents('count').list(), [
        { id: 'a', value: 3 },
        { id: 'busy', value: 150 },
      ])
      assert.equal((await store.append('a', [])).version, 3)
    },
  )
}
