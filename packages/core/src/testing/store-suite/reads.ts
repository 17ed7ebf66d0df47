import assert from 'node:assert/strict'
import type { ReadOptions } from '../../store/index.ts'
import { happened, type Promised } from './harness.ts'

const slices: readonly (readonly [ReadOptions, readonly number[]])[] = [
  [{}, [1, 2, 3, 4, 5]],
  [{ from: 3 }, [3, 4, 5]],
  [{ to: 2 }, [1, 2]],
  [{ from: 2, to: 4 }, [2, 3, 4]],
  [{ from: 5, limit: 3 }, [5]],
  [{ from: 2, limit: 3 }, [2, 3, 4]],
  [{ limit: 2 }, [1, 2]],
  [{ limit: 0 }, []],
  [{ from: 4, to: 3 }, []],
  [{ from: 6 }, []],
  [{ from: 99, to: 200 }, []],
  [{ direction: 'backward' }, [5, 4, 3, 2, 1]],
  [{ direction: 'backward', limit: 1 }, [5]],
  [{ direction: 'backward', to: 3 }, [3, 2, 1]],
  [{ direction: 'backward', from: 2, to: 4 }, [4, 3, 2]],
  [{ direction: 'backward', from: 2, to: 4, limit: 2 }, [4, 3]],
  [{ direction: 'backward', from: 6 }, []],
]

export function readPromises(promise: Promised): void {
  promise(
    'a stream is read by from, to, limit and direction, inside a unit of work too',
    async ({ store }) => {
      await store.append(
        'a',
        [1, 2, 3].map((n) => happened(n)),
      )
      await store.append('noise', [happened()])
      await store.append(
        'a',
        [4, 5].map((n) => happened(n)),
      )
      for (const [options, versions] of slices) {
        const slice = await store.read('a', options)
        assert.deepEqual(
          slice.events.map(({ version }) => version),
          versions,
          JSON.stringify(options),
        )
        assert.equal(slice.version, 5)
      }
    },
  )

  promise('a unit of work reads the last commit with its own events behind it', async ({ store }) => {
    await store.append(
      'a',
      [1, 2, 3].map((n) => happened(n)),
    )
    await store.transaction(async (tx) => {
      await tx.append(
        'a',
        [4, 5].map((n) => happened(n)),
      )
      for (const [options, versions] of slices) {
        const slice = await tx.read('a', options)
        assert.deepEqual(
          slice.events.map(({ version }) => version),
          versions,
          JSON.stringify(options),
        )
        assert.equal(slice.version, 5)
        for (const event of slice.events) assert.equal('position' in event, event.version < 4)
      }
    })
  })

  promise(
    'reading past the end gives nothing, and does not claim that the stream is missing',
    async ({ store }) => {
      await store.append('a', [happened()])
      assert.deepEqual(await store.read('a', { from: 2 }), { events: [], version: 1 })
      assert.deepEqual(await store.read('missing'), { events: [], version: 0 })
      const end = await store.head()
      assert.deepEqual(await store.readAll({ after: end }), { events: [], examined: end })
      assert.deepEqual(await store.readAll({ after: end + 50 }), { events: [], examined: end + 50 })
    },
  )

  promise('an empty log has its head at 0', async ({ store }) => {
    assert.equal(await store.head(), 0)
    assert.deepEqual(await store.readAll(), { events: [], examined: 0 })
  })

  promise(
    'readAll gives the log in order of position, in pages that leave nothing out',
    async ({ store }) => {
      for (let n = 0; n < 10; n++) await store.append(`s-${n % 3}`, [happened(n), happened(n)])
      const all = (await store.readAll()).events
      assert.equal(all.length, 20)
      const paged = []
      let after = 0
      for (;;) {
        const { events, examined } = await store.readAll({ after, limit: 3 })
        if (events.length === 0) break
        assert.ok(events.length <= 3)
        paged.push(...events)
        after = examined
      }
      assert.deepEqual(paged, all)
      assert.equal(after, await store.head())
      assert.deepEqual(await store.readAll({ limit: 0 }), { events: [], examined: 0 })
    },
  )

  promise(
    'readAll tells what it has examined, so that rare types are not scanned for again',
    async ({ store }) => {
      await store.append('a', [{ type: 'Rare', data: 1 }])
      await store.append(
        'a',
        Array.from({ length: 50 }, (_, n) => happened(n)),
      )
      const rare = await store.readAll({ types: ['Rare'] })
      assert.equal(rare.events.length, 1)
      assert.equal(rare.examined, await store.head())
      const none = await store.readAll({ types: ['Rare'], after: rare.events[0]?.position ?? 0 })
      assert.deepEqual(none, { events: [], examined: await store.head() })
      const full = await store.readAll({ types: ['Rare'], limit: 1 })
      assert.equal(full.examined, full.events[0]?.position)
      assert.deepEqual(await store.readAll({ types: [] }), { events: [], examined: await store.head() })
      const several = await store.readAll({ types: ['Rare', 'Happened'], limit: 3 })
      assert.deepEqual(
        several.events.map(({ type }) => type),
        ['Rare', 'Happened', 'Happened'],
      )
    },
  )

  promise('a reader that follows the log misses nothing while others append', async ({ store, open }) => {
    const reader = await open()
    const seen: number[] = []
    let after = 0
    let writing = true
    const follow = async () => {
      while (writing || after < (await reader.head())) {
        const { events, examined } = await reader.readAll({ after, limit: 17 })
        seen.push(...events.map(({ position }) => position))
        after = examined
        await new Promise(setImmediate)
      }
    }
    const following = follow()
    for (let round = 0; round < 10; round++) {
      await Promise.all(
        Array.from({ length: 20 }, (_, n) => store.append(`s-${n % 4}`, [happened(n), happened(n)])),
      )
    }
    writing = false
    await following
    assert.equal(seen.length, 400)
    assert.equal(new Set(seen).size, 400)
  })
}
