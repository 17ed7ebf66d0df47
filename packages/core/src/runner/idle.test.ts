import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Component, Look } from '../delivery/index.ts'
import { memoryStoreEngine } from '../store/memory/index.ts'
import { NotIdle } from './errors.ts'
import { untilIdle } from './idle.ts'

/** A component that says of each of its answers what comes next. */
function component(name: string, idle: (look?: Look) => boolean | Promise<boolean>): Component {
  return {
    name,
    start: async () => {},
    stop: async () => {},
    idle: async (look) => idle(look),
    nextDue: async () => undefined,
    health: async () => ({ name, state: 'running', lag: 0 }),
  }
}

test('work that a part hands on before it says that it has none is seen', async () => {
  const store = await memoryStoreEngine().openStore()
  let [looks, done] = [0, false]
  const giving = component('giving', () => ++looks > 1)
  const taking = component('taking', () => {
    const idle = looks < 2 || done
    // It works between two looks.
    done ||= looks > 1
    return idle
  })
  await untilIdle([giving, taking], store, () => {})
  assert.ok(done)
  await store.close()
})

test('parts that are asked in one round ask the store once, and anew in the next one', async () => {
  const store = await memoryStoreEngine().openStore()
  let asked = 0
  const counting = { ...store, head: () => store.head().finally(() => asked++) }
  const heads: number[] = []
  const parts = ['one', 'other'].map((name) =>
    component(name, async (look) => {
      heads.push((await look?.head()) ?? -1)
      if (heads.length === 2) await store.append('s-1', [{ type: 'Done', data: {} }])
      return true
    }),
  )
  await untilIdle(parts, counting, () => {})
  assert.deepEqual(heads, [0, 0, 1, 1])
  assert.equal(asked, 2)
  await store.close()
})

test('a commit during the rounds asks for another one', async () => {
  const store = await memoryStoreEngine().openStore()
  let rounds = 0
  const working = component('working', async () => {
    rounds += 1
    if (rounds <= 2) await store.append('s-1', [{ type: 'Done', data: {} }])
    return true
  })
  await untilIdle([working], store, () => {})
  assert.ok(rounds > 2)
  await store.close()
})

test('what does not come to rest is named', async () => {
  const store = await memoryStoreEngine().openStore()
  const parts = [component('calm', () => true), component('busy', () => false)]
  await assert.rejects(
    untilIdle(parts, store, () => {}, { timeout: 20 }),
    (error: Error) => {
      return error instanceof NotIdle && /busy/.test(error.message) && !/calm/.test(error.message)
    },
  )
  await store.close()
})

test('time in which the process stood still is no time without rest', async (t) => {
  const store = await memoryStoreEngine().openStore()
  let stoodStill = 0
  const now = performance.now.bind(performance)
  t.mock.method(performance, 'now', () => now() + stoodStill)
  let looks = 0
  const slow = component('slow', () => {
    if (++looks === 2) stoodStill = 60_000
    return looks > 5
  })
  await untilIdle([slow], store, () => {}, { timeout: 5000 })
  assert.ok(looks > 5)
  const endless = component('endless', () => {
    stoodStill += 400
    return false
  })
  await assert.rejects(
    untilIdle([endless], store, () => {}, { timeout: 5000 }),
    NotIdle,
  )
  await store.close()
})
