import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { NewEvent } from '../event/index.ts'
import type { Engine } from './engine.ts'
import { UnknownOutcomeError } from './errors.ts'
import { MOST_QUEUED_CHARACTERS } from './group-commit.ts'
import { insideWork, runInside } from './inside-work.ts'
import { emptyData } from './memory/data.ts'
import { memoryEngine } from './memory/engine.ts'
import { openStore } from './open.ts'

const event = (n: number, id?: string): NewEvent => ({ type: 'Happened', data: { n }, ...(id && { id }) })

/** A real engine whose flushes are watched: `after` hears of each that was written, and may lose its answer. */
function watched(after: (events: number) => void): Engine {
  const engine = memoryEngine('memory:', emptyData(), {})
  return {
    ...engine,
    async flush(needs, settle) {
      let events = 0
      await engine.flush(needs, (found) => {
        const batch = settle(found)
        events = batch.events.length
        return batch
      })
      after(events)
    },
  }
}

test('a flush whose answer is lost is told to all in it, and not asked again by itself', async () => {
  let lose = true
  const store = openStore(
    watched(() => {
      if (lose) throw new UnknownOutcomeError('the test')
    }),
  )
  const calls = () => [
    store.append('a', [event(1, 'one')], { expect: 'none' }),
    store.append('a', [event(2)]),
    store.transaction((tx) => tx.documents<number>('d').update('n', (n) => (n ?? 0) + 1)),
  ]
  for (const answer of await Promise.allSettled(calls())) {
    assert.equal(answer.status === 'rejected' && answer.reason.code, 'UnknownOutcomeError')
  }
  assert.equal((await store.read('a')).version, 2)
  assert.equal(await store.documents('d').get('n'), 1)
  lose = false
  assert.equal((await store.append('a', [event(1, 'one')], { expect: 'none' })).duplicate, true)
})

test('what waits is flushed in parts of some megabytes, so that no flush holds the event loop up for long', async () => {
  const flushes: number[] = []
  const store = openStore(watched((events) => flushes.push(events)))
  const long = { type: 'Happened', data: 'x'.repeat(900_000) }
  await Promise.all(Array.from({ length: 20 }, () => store.append('a', [long])))
  assert.ok(Math.max(...flushes) <= 4, `flushes of ${flushes}`)
  assert.equal((await store.read('a', { limit: 0 })).version, 20)
})

test('what is queued is limited in size too, and room comes back with the answers', async () => {
  const store = openStore(watched(() => {}))
  const data = 'x'.repeat(950_000)
  const appends = (count: number) =>
    Promise.allSettled(Array.from({ length: count }, () => store.append('a', [{ type: 'Happened', data }])))
  const room = Math.ceil(MOST_QUEUED_CHARACTERS / data.length)
  const answers = await appends(room + 10)
  const refused = answers.filter((answer) => answer.status === 'rejected')
  assert.ok(refused.length > 0 && refused.length <= 10)
  for (const { reason } of refused) assert.equal(reason.code, 'StoreOverloaded')
  const again = await appends(5)
  assert.deepEqual(
    again.map(({ status }) => status),
    Array(5).fill('fulfilled'),
  )
})

test('inside a unit of one store inside that of another, both are inside', async () => {
  const [outer, inner, other] = [{}, {}, {}]
  await runInside(outer, () =>
    runInside(inner, async () => {
      await Promise.resolve()
      assert.deepEqual([outer, inner, other].map(insideWork), [true, true, false])
    }),
  )
  assert.equal(insideWork(outer), false)
})
