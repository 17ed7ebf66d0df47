import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memoryStoreEngine } from '../store/memory/index.ts'
import { manualClock } from '../testing/manual-clock.ts'
import { appClock } from './app-clock.ts'

test('moving time wakes what is due, in the order of the times, and what was cancelled stays asleep', async () => {
  const base = manualClock()
  const clock = appClock(base, true)
  const store = await memoryStoreEngine().openStore({ clock })
  await clock.bind(store)
  const rung: string[] = []
  const at = clock.now()
  const second = new Promise<void>((resolve) => {
    clock.at(at + 2000, () => {
      rung.push('second')
      resolve()
    })
  })
  clock.at(at + 1000, () => rung.push('first'))
  clock.at(at + 9000, () => rung.push('later'))
  const cancelled = clock.at(at + 1500, () => rung.push('never'))
  const cancelledBetween = clock.at(at + 4000, () => rung.push('never'))
  cancelled()
  await clock.advance(3000)
  await second
  assert.deepEqual(rung, ['first', 'second'])
  cancelledBetween()
  await clock.advance(3000)
  await base.advance(3000)
  assert.deepEqual(rung, ['first', 'second', 'later'])
  assert.equal(clock.now(), at + 9000)
  clock.unbind()
  await store.close()
})

test('time that one process moves moves for another of the same run', async () => {
  const engine = memoryStoreEngine()
  const base = manualClock()
  const [one, two] = [appClock(base, true), appClock(base, true)]
  const stores = [await engine.openStore({ clock: one }), await engine.openStore({ clock: two })] as const
  await one.bind(stores[0])
  await two.bind(stores[1])
  const rung = new Promise<void>((resolve) => two.at(two.now() + 500, resolve))
  await Promise.all([one.advance(300), one.advance(300)])
  await rung
  assert.equal(two.now(), base.now() + 600)
  for (const clock of [one, two]) clock.unbind()
  for (const store of stores) await store.close()
})
