import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FencedOut } from '../store/index.ts'
import { memoryStoreEngine } from '../store/memory/index.ts'
import { attemptsOf, partitionName } from './attempts.ts'

test('an owner that was replaced neither takes over nor records what it runs', async () => {
  const store = await memoryStoreEngine().openStore()
  const name = partitionName('listener', 'tales', 0)
  const old = attemptsOf(store, { name, token: 1 })
  const current = attemptsOf(store, { name, token: 2 })
  await current.takeOver(0)
  await current.begin([7], true)
  await assert.rejects(old.takeOver(0), FencedOut)
  await assert.rejects(old.begin([3], false), FencedOut)
  const next = await attemptsOf(store, { name, token: 3 }).takeOver(0)
  assert.deepEqual(
    [...next.values()].map(({ offset, suspect, crashes }) => ({ offset, suspect, crashes })),
    [{ offset: 7, suspect: true, crashes: [2] }],
  )
  await store.close()
})
