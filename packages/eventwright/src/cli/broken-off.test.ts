import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  BrokerUnreachable,
  CannotOpenDatabase,
  ConcurrencyError,
  ConnectionLost,
  UnknownOutcomeError,
} from '@eventwright/core'
import { brokenOff } from './broken-off.ts'
import { leftText } from './engines.ts'
import { explain } from './explain.ts'

const URLS = ['postgres://db/shop?schema=eventwright_run_a1', 'kafka://one:9092?prefix=eventwright.run_a1.']
const cut = { cause: new Error('Connection terminated unexpectedly') }

function told(error: Error, underWay = true): string {
  return explain(brokenOff(error, { urls: URLS, underWay, left: ['It is gone'] })).message
}

test('who typed `run` is told what broke it off, to run it again, and what is left; not to repeat a call', () => {
  const lost =
    'the run was broken off: postgres://db/shop answers no more (Connection terminated unexpectedly). ' +
    'See whether the server runs, and run this again. It is gone'
  assert.equal(told(new UnknownOutcomeError(URLS[0] ?? '', cut)), lost)
  assert.equal(told(new ConnectionLost('postgres://db/shop', 'the connection was lost', cut)), lost)
  assert.equal(
    told(new SuppressedError(new Error('closing'), new ConnectionLost(URLS[0] ?? '', '', cut))),
    lost,
  )
  assert.equal(
    told(new UnknownOutcomeError('shop.db', { cause: new Error('disk I/O error') })),
    'the run was broken off: a commit was not confirmed (disk I/O error). See whether the disk is well, and run this again. It is gone',
  )
})

test('an engine that cannot be reached broke a run off that was under way; before, it is told as it is', () => {
  for (const error of [
    new BrokerUnreachable('kafka://one:9092', 'cannot be reached (ECONNREFUSED): check host and port'),
    new CannotOpenDatabase('postgres://db/shop', 'it does not answer (ECONNREFUSED): check host and port'),
  ]) {
    assert.equal(told(error, false), error.message)
    const broken = `the run was broken off: ${error.message}. Run this again when that is mended. It is gone`
    assert.equal(told(error), broken)
  }
})

test('the code stays, with exit code 4; what no engine threw stays as it is', () => {
  const broken = brokenOff(new ConnectionLost('x', 'y'), { urls: URLS, underWay: false, left: [] })
  assert.ok(broken instanceof Error && 'code' in broken)
  assert.equal(broken.code, 'ConnectionLost')
  assert.equal(explain(broken).code, 4)
  for (const error of [new Error('other'), new ConcurrencyError('s', 1, 2), 'thrown'])
    assert.equal(brokenOff(error, { urls: URLS, underWay: true, left: [] }), error)
})

test('what a run leaves is told by what its URLs name', () => {
  const [kept, removed] = [/^What it wrote stays in /, /^What it made for itself alone is removed/]
  const worlds: readonly (readonly [
    store: string | undefined,
    broker: string | undefined,
    says: readonly RegExp[],
  ])[] = [
    [undefined, undefined, []],
    ['memory:', undefined, []],
    ['sqlite:shop.db', undefined, [kept]],
    ['postgres://me:x@db/shop', undefined, [removed]],
    ['postgres://me:x@db/shop?schema=trial', 'kafka://one', [kept, removed]],
    ['postgres://me:x@db/shop?schema=trial', 'kafka://one?prefix=trial.', [kept]],
  ]
  for (const [store, broker, says] of worlds) {
    const left = leftText({ store, broker })
    assert.equal(left.length, says.length, left.join())
    for (const [index, pattern] of says.entries()) assert.match(left[index] ?? '', pattern)
  }
  assert.deepEqual(
    leftText({ store: 'postgres://me:x@db/shop?schema=a', broker: 'kafka://b:x@one?prefix=b' }),
    ['What it wrote stays in postgres://db/shop?schema=a and kafka://one?prefix=b, under tenants of its own'],
  )
})
