import assert from 'node:assert/strict'
import { mock, test } from 'node:test'
import { gathered } from './gathered.ts'

test('what is asked for soon runs once, not beside itself, and not after a stop', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.after(() => mock.timers.reset())
  let runs = 0
  const work = gathered(async () => void runs++, {
    interval: 5,
    failed: (error) => assert.fail(String(error)),
  })
  work.soon()
  work.soon()
  mock.timers.tick(5)
  await new Promise(setImmediate)
  assert.equal(runs, 1)
  work.soon()
  await work.now()
  mock.timers.tick(5)
  await new Promise(setImmediate)
  assert.equal(runs, 2, 'who runs it now has run what was to come soon')
  work.soon()
  work.stop()
  work.soon()
  mock.timers.tick(5)
  await new Promise(setImmediate)
  assert.equal(runs, 2)
  await work.now()
  work.soon()
  mock.timers.tick(5)
  await new Promise(setImmediate)
  assert.equal(runs, 3)
})

test('a run that fails and that nobody waits for is told', async (t) => {
  mock.timers.enable({ apis: ['setTimeout'] })
  t.after(() => mock.timers.reset())
  const told: unknown[] = []
  const fault = new Error('away')
  const work = gathered(() => Promise.reject(fault), { interval: 5, failed: (error) => told.push(error) })
  work.soon()
  mock.timers.tick(5)
  await new Promise(setImmediate)
  assert.deepEqual(told, [fault])
})
