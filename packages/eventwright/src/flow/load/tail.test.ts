import assert from 'node:assert/strict'
import { test } from 'node:test'
import { memory, type RecordedEvent } from '@eventwright/core'
import { tailLog } from './tail.ts'

const made = (number: number) => ({ type: 'Made', data: { number } })

test('what is committed after the beginning is told once, in order, of one tenant and of the types asked for', async () => {
  await using store = await opened()
  await store.append('a', [made(0)])
  const told: unknown[] = []
  const onEvent = (event: RecordedEvent) => void told.push(event.data)
  await using tail = await tailLog(store, { tenant: '', types: ['Made'], onEvent, onError: throwing })
  await tail.caughtUp()
  for (let number = 1; number <= 5; number++) {
    await store.append('a', [made(number), { type: 'Other', data: {} }])
    await store.append('a', [made(-number)], { tenant: 'another' })
  }
  await tail.caughtUp()
  assert.deepEqual(
    told,
    [1, 2, 3, 4, 5].map((number) => ({ number })),
  )
})

test('a log that cannot be read is an error for whoever waits, and is not asked for ever', async () => {
  await using store = await opened()
  const errors: unknown[] = []
  const broken = { ...store, readAll: () => Promise.reject(new Error('torn')) }
  const onError = (error: unknown) => void errors.push(error)
  await using tail = await tailLog(broken, { tenant: '', types: ['Made'], onEvent: throwing, onError })
  await store.append('a', [made(1)])
  await assert.rejects(tail.caughtUp(), /torn/)
  assert.equal(errors.length, 1)
})

async function opened() {
  const store = await memory().openStore()
  return { ...store, [Symbol.asyncDispose]: () => store.close() }
}

function throwing(what: unknown): never {
  return assert.fail(JSON.stringify(what))
}
