import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { withoutPostgres } from '../../../../../scripts/postgres/server.mjs'
import type { EventStore } from '../event-store.ts'
import type { CommandRecord, Tx } from '../transaction.ts'
import { type FreshStores, freshStores } from './fixtures/fresh.ts'
import { wire } from './fixtures/wire.ts'
import { postgresStoreEngine } from './store-engine.ts'

const event = { type: 'Happened', data: {} }
const outcome = (commandId: string): CommandRecord => ({ commandId, hash: null, outcome: 'events' })

/** Appends one event for a command, once. `between` runs when the command was looked up. */
async function decide(
  tx: Tx,
  stream: string,
  commandId: string,
  between: () => Promise<void> = async () => {},
): Promise<void> {
  const known = await tx.commands.find(stream, commandId)
  await between()
  if (known !== undefined) return
  await tx.append(stream, [{ ...event, data: { commandId } }])
  tx.commands.record(stream, outcome(commandId))
}

/** A point in work at which the test does something else, from outside of the unit. */
function pause() {
  const reached = Promise.withResolvers<void>()
  const goOn = Promise.withResolvers<void>()
  return {
    reached: reached.promise,
    goOn: goOn.resolve,
    async here() {
      reached.resolve()
      await goOn.promise
    },
  }
}

const decided = async (store: EventStore, stream: string): Promise<readonly unknown[]> =>
  (await store.read(stream)).events.flatMap(({ data }) =>
    typeof data === 'object' && data !== null && 'commandId' in data ? [data.commandId] : [],
  )

describe('a command that is recorded by the statement that appends its events', {
  skip: withoutPostgres(),
}, () => {
  let stores: FreshStores
  before(async () => {
    stores = await freshStores(18)
  })
  after(() => stores.drop())

  async function twoStores(work: (one: EventStore, other: EventStore) => Promise<void>): Promise<void> {
    const { engine, dispose } = stores.take()
    const [one, other] = [await engine.openStore(), await engine.openStore()]
    await work(one, other)
    await one.close()
    await other.close()
    await dispose()
  }

  test('is decided once where another process decides it after it was looked up', async () => {
    await twoStores(async (one, other) => {
      await one.append('a', [event])
      const { reached, goOn, here } = pause()
      let runs = 0
      const deciding = other.transaction((tx) => {
        runs++
        return decide(tx, 'a', 'c', here)
      })
      await reached
      await one.transaction((tx) => decide(tx, 'a', 'c'))
      // Now the other one knows how far the stream has come, and only the command is in its way.
      await other.append('a', [event])
      await other.append('a', [event])
      goOn()
      await deciding
      assert.equal(runs, 2)
      assert.deepEqual(await decided(one, 'a'), ['c'])
    })
  })

  test('makes a unit run again that looked it up before and writes elsewhere', async () => {
    await twoStores(async (one, other) => {
      await other.append('b', [event])
      await other.append('b', [event])
      const { reached, goOn, here } = pause()
      const seen: boolean[] = []
      const writing = other.transaction(async (tx) => {
        seen.push((await tx.commands.find('a', 'c')) !== undefined)
        await here()
        await tx.append('b', [event])
      })
      await reached
      await one.transaction((tx) => decide(tx, 'a', 'c'))
      goOn()
      await writing
      assert.deepEqual(seen, [false, true])
      assert.equal((await one.read('b')).version, 3)
    })
  })

  test('is decided once whatever processes are given it at a time, while others append behind their backs', async () => {
    const { engine, dispose } = stores.take()
    const all = await Promise.all(Array.from({ length: 4 }, () => engine.openStore()))
    const streams = ['a', 'b', 'c']
    const ids = Array.from({ length: 12 }, (_, n) => `c-${n}`)
    await Promise.all(
      all.map(async (store, n) => {
        for (const id of ids) {
          // Each on its own, and many that share a flush.
          await Promise.all(streams.map((stream) => store.transaction((tx) => decide(tx, stream, id))))
          if (n % 2 === 0) await store.append(streams[n % 3] ?? '', [event])
        }
        await Promise.all(
          streams.flatMap((stream) =>
            ids.map((id) => store.transaction((tx) => decide(tx, stream, `more-${id}`))),
          ),
        )
      }),
    )
    const [store] = all
    assert.ok(store)
    for (const stream of streams) {
      const { events } = await store.read(stream)
      assert.deepEqual(
        events.map(({ version }) => version),
        events.map((_, index) => index + 1),
      )
      const expected = [...ids, ...ids.map((id) => `more-${id}`)].toSorted()
      assert.deepEqual((await decided(store, stream)).toSorted(), expected)
    }
    for (const one of all) await one.close()
    await dispose()
  })

  test('is decided once where the answer is lost and it is given again, whether it came to the server or not', async () => {
    const { url, dispose } = stores.take()
    const line = await wire(url)
    const store = await postgresStoreEngine(line.url).openStore()
    await store.append('a', [event])
    await store.append('a', [event])
    for (const [when, stands] of [
      ['before', []],
      ['after', ['is-after']],
    ] as const) {
      const id = `is-${when}`
      line.cutAt(`{"commandId":"${id}"}`, when)
      const lost = store.transaction((tx) => decide(tx, 'a', id))
      await assert.rejects(lost, { code: 'UnknownOutcomeError' })
      assert.deepEqual(
        (await decided(store, 'a')).filter((one) => one === id),
        stands,
      )
      await store.transaction((tx) => decide(tx, 'a', id))
    }
    assert.deepEqual(await decided(store, 'a'), ['is-before', 'is-after'])
    await store.close()
    await line.end()
    await dispose()
  })
})
