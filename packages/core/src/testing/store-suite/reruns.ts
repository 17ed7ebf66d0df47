import assert from 'node:assert/strict'
import type { Tx } from '../../store/index.ts'
import { gate, happened, interleaved, type Promised } from './harness.ts'

/** Something that a unit may read, and what changes it from outside. */
interface Readable {
  readonly what: string
  readonly prepare?: (tx: Tx) => Promise<unknown> | unknown
  readonly read: (tx: Tx) => Promise<unknown>
  readonly change: (tx: Tx) => Promise<unknown> | unknown
}

const far = Number.MAX_SAFE_INTEGER
const mark = (version: number) => ({ topic: 't', epoch: 'e', stream: 's', version })

const readables: readonly Readable[] = [
  {
    what: 'a stream that was read',
    read: (tx) => tx.read('s'),
    change: (tx) => tx.append('s', [happened()]),
  },
  {
    what: 'the end of a stream that was read backward',
    prepare: (tx) => tx.append('s', [happened()]),
    read: async (tx) => (await tx.read('s', { direction: 'backward', limit: 1 })).events.map(({ id }) => id),
    change: (tx) => tx.append('s', [happened()]),
  },
  {
    what: 'a stream that was appended to',
    read: async (tx) => (await tx.append('s', [happened()])).version,
    change: (tx) => tx.append('s', [happened()]),
  },
  {
    what: 'a document',
    prepare: (tx) => tx.documents('d').put('x', 1),
    read: (tx) => tx.documents('d').get('x'),
    change: (tx) => tx.documents('d').put('x', 2),
  },
  {
    what: 'a document that was not there',
    read: (tx) => tx.documents('d').get('x'),
    change: (tx) => tx.documents('d').put('x', 2),
  },
  {
    what: 'a document that was deleted',
    prepare: (tx) => tx.documents('d').put('x', 1),
    read: (tx) => tx.documents('d').get('x'),
    change: (tx) => tx.documents('d').delete('x'),
  },
  {
    what: 'a list of documents, by a phantom',
    prepare: (tx) => tx.documents('d').put('p/a', 1),
    read: (tx) => tx.documents('d').list({ prefix: 'p/' }),
    change: (tx) => tx.documents('d').put('p/b', 2),
  },
  {
    what: 'an empty list of documents, by a phantom',
    read: (tx) => tx.documents('d').list(),
    change: (tx) => tx.documents('d').put('a', 2),
  },
  {
    what: 'a list of documents, by a change in it',
    prepare: (tx) => tx.documents('d').put('a', 1),
    read: (tx) => tx.documents('d').list({ limit: 1 }),
    change: (tx) => tx.documents('d').put('a', 2),
  },
  {
    what: 'a list of documents, by a deletion',
    prepare: (tx) => tx.documents('d').put('a', 1),
    read: (tx) => tx.documents('d').list({ after: '0' }),
    change: (tx) => tx.documents('d').delete('a'),
  },
  {
    what: 'an inbox, by id',
    read: (tx) => tx.inbox.accept('c', { id: 'm', expires: far }),
    change: (tx) => tx.inbox.accept('c', { id: 'm', expires: far }),
  },
  {
    what: 'an inbox, by mark',
    read: (tx) => tx.inbox.accept('c', mark(3)),
    change: (tx) => tx.inbox.accept('c', mark(4)),
  },
  {
    what: 'a checkpoint',
    read: (tx) => tx.checkpoint.get('p'),
    change: (tx) => tx.checkpoint.advance('p', 0, 9),
  },
  {
    what: 'a command record',
    read: async (tx) => (await tx.commands.find('s', 'c-1'))?.outcome,
    change: (tx) => tx.commands.record('s', { commandId: 'c-1', hash: 'h', outcome: 'nothing' }),
  },
  {
    what: 'a timer',
    prepare: (tx) => tx.timers.set({ owner: 'o', id: 't', due: 1, data: 1 }),
    read: async (tx) => (await tx.timers.get('o', 't'))?.due,
    change: (tx) => tx.timers.set({ owner: 'o', id: 't', due: 2, data: 1 }),
  },
  {
    what: 'a timer that was cancelled',
    prepare: (tx) => tx.timers.set({ owner: 'o', id: 't', due: 1, data: 1 }),
    read: async (tx) => (await tx.timers.get('o', 't'))?.due,
    change: (tx) => tx.timers.cancel('o', 't'),
  },
]

export function rerunPromises(promise: Promised): void {
  for (const { what, prepare, read, change } of readables) {
    promise(`work runs again when ${what} changed before the flush`, async ({ store, open }) => {
      const other = await open()
      if (prepare !== undefined) await store.transaction(async (tx) => void (await prepare(tx)))
      const between = interleaved(() => other.transaction(async (tx) => void (await change(tx))))
      const seen: unknown[] = []
      await store.transaction(async (tx) => {
        seen.push(await read(tx))
        await between.meet()
        tx.documents<number>('runs').update('committed', (n) => (n ?? 0) + 1)
      })
      assert.equal(between.runs(), 2)
      assert.notDeepEqual(seen[0], seen[1])
      assert.equal(await store.documents('runs').get('committed'), 1)
    })

    promise(`of two units in one flush that read ${what}, the second runs again`, async ({ store }) => {
      if (prepare !== undefined) await store.transaction(async (tx) => void (await prepare(tx)))
      let runs = 0
      const seen: unknown[] = []
      const changed = gate()
      const changing = store.transaction(async (tx) => {
        await change(tx)
        changed.open()
      })
      const reading = store.transaction(async (tx) => {
        runs++
        seen.push(await read(tx))
        // Not sooner, so that both are in one flush and the change comes first.
        await changed.passed
        tx.documents('runs').put('done', true)
      })
      await Promise.all([changing, reading])
      assert.ok(runs <= 2)
      if (runs === 2) assert.notDeepEqual(seen[0], seen[1])
      const after = await store
        .transaction(async (tx) => {
          const given = await read(tx)
          throw new Rolled(given)
        })
        .catch((error: unknown) => (error instanceof Rolled ? error.given : error))
      // What the unit saw when it committed is what any later one sees, unless it wrote that itself.
      const wroteItself = what.includes('appended') || what.includes('inbox')
      if (!wroteItself) assert.deepEqual(seen.at(-1), after)
    })
  }

  promise('what did not change does not make work run again', async ({ store, open }) => {
    const other = await open()
    await store.transaction((tx) => tx.documents('d').put('p/a', 1))
    const between = interleaved(() =>
      other.transaction(async (tx) => {
        tx.documents('d').put('q', 1)
        tx.documents('d').put('p/b', 1)
        await tx.append('other', [happened()])
        await tx.inbox.accept('other', { id: 'm', expires: far })
      }),
    )
    await store.transaction(async (tx) => {
      await tx.documents('d').get('p/a')
      await tx.documents('d').list({ prefix: 'p/', limit: 1 })
      await tx.read('s')
      await tx.inbox.accept('c', { id: 'm', expires: far })
      await between.meet()
    })
    assert.equal(between.runs(), 1)
  })
}

class Rolled extends Error {
  readonly given: unknown

  constructor(given: unknown) {
    super('rolled back')
    this.given = given
  }
}
