import assert from 'node:assert/strict'
import { mock, type TestContext, test } from 'node:test'
import { Session } from './session.ts'

const TIMEOUT = 1000

/** A session on a clock that stands still until it is moved. */
function session(t: TestContext) {
  let now = 0
  let expired = 0
  mock.timers.enable({ apis: ['setTimeout'] })
  mock.method(performance, 'now', () => now)
  t.after(() => {
    mock.timers.reset()
    mock.restoreAll()
  })
  const tested = new Session(TIMEOUT, () => {
    expired++
  })
  const passes = (milliseconds: number): number => {
    now += milliseconds
    mock.timers.tick(milliseconds)
    return expired
  }
  return { tested, passes }
}

test('a session that nobody shows ends before others may take what it has', (t) => {
  const { tested, passes } = session(t)
  tested.shown(0)
  assert.equal(passes(TIMEOUT * 0.8), 0)
  assert.equal(passes(TIMEOUT * 0.19), 1)
})

test('it counts from when life was asked for, not from when the answer came', (t) => {
  const { tested, passes } = session(t)
  passes(500)
  tested.shown(0)
  assert.equal(passes(450), 1)
})

test('an answer that comes late to an older question does not shorten it', (t) => {
  const { tested, passes } = session(t)
  passes(500)
  tested.shown(500)
  tested.shown(0)
  assert.equal(passes(TIMEOUT * 0.8), 0)
})

test('one that has ended is over, whatever is answered after', (t) => {
  const { tested, passes } = session(t)
  tested.shown(0)
  tested.end()
  tested.shown(1)
  assert.equal(passes(10 * TIMEOUT), 0)
})
