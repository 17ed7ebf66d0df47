import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import fc from 'fast-check'
import { type Quiet, quiet } from './alone.ts'

const PATIENCE = 5000

/** Work that ends when it is told to, and says that it began. */
function job(log: string[], name: string): { run: () => Promise<void>; end: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>()
  return {
    end: resolve,
    async run() {
      log.push(name)
      await promise
    },
  }
}

async function settled(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await Promise.resolve()
}

/** A suspect, and what it is told. */
function suspected(one: Quiet, log: string[], work: () => Promise<void> = async () => {}): Promise<void> {
  return one.alone(async (truly) => {
    log.push(truly ? 'alone' : 'not alone')
    await work()
  }, PATIENCE)
}

function withTimers(t: TestContext): { pass: (milliseconds: number) => Promise<void> } {
  t.mock.timers.enable({ apis: ['setTimeout'] })
  return {
    async pass(milliseconds) {
      await settled()
      t.mock.timers.tick(milliseconds)
      await settled()
    },
  }
}

for (const kind of ['shared', 'beside'] as const) {
  test(`a suspect waits for what runs ${kind}, and holds back what comes next`, async (t) => {
    withTimers(t)
    const log: string[] = []
    const one = quiet()
    const before = job(log, 'before')
    const behind = job(log, 'behind')
    const suspect = job(log, 'suspect')
    const first = one[kind](before.run)
    await settled()
    const tried = suspected(one, log, suspect.run)
    await settled()
    const next = one[kind](behind.run)
    await settled()
    assert.deepEqual(log, ['before'])
    before.end()
    await settled()
    assert.deepEqual(log, ['before', 'alone', 'suspect'])
    suspect.end()
    await settled()
    assert.deepEqual(log, ['before', 'alone', 'suspect', 'behind'])
    behind.end()
    await Promise.all([first, tried, next])
  })
}

test('where batches do not end in time, a suspect is told that it is not alone', async (t) => {
  const { pass } = withTimers(t)
  const log: string[] = []
  const one = quiet()
  const hanging = one.shared(() => new Promise(() => {}))
  hanging.catch(() => {})
  const tried = suspected(one, log)
  await pass(PATIENCE - 1)
  assert.deepEqual(log, [])
  await pass(1)
  assert.deepEqual(log, ['not alone'])
  await tried
})

test('what hangs and is no batch is waited for a moment, once, and keeps no suspect from being judged', async (t) => {
  const { pass } = withTimers(t)
  const log: string[] = []
  const one = quiet()
  one.beside(() => new Promise(() => {})).catch(() => {})
  await settled()
  const tried = suspected(one, log)
  await pass(999)
  assert.deepEqual(log, [])
  await pass(1)
  assert.deepEqual(log, ['alone'])
  await tried
  await suspected(one, log)
  assert.deepEqual(log, ['alone', 'alone'])
})

test('a suspect that hangs holds back what is no batch for a moment, and batches for thirty seconds', async (t) => {
  const { pass } = withTimers(t)
  const log: string[] = []
  const one = quiet()
  suspected(one, log, () => new Promise(() => {})).catch(() => {})
  await settled()
  const batch = one.shared(async () => void log.push('batch'))
  const other = one.beside(async () => void log.push('other'))
  await pass(999)
  assert.deepEqual(log, ['alone'])
  await pass(1)
  assert.deepEqual(log, ['alone', 'other'])
  await other
  await pass(28_999)
  assert.deepEqual(log, ['alone', 'other'])
  await pass(1)
  assert.deepEqual(log, ['alone', 'other', 'batch'])
  await batch
})

test('between two suspects what waits gets its turn', async () => {
  const log: string[] = []
  const one = quiet()
  const all = [suspected(one, log), suspected(one, log)]
  all.push(one.shared(async () => void log.push('batch')))
  await Promise.all(all)
  assert.deepEqual(log, ['alone', 'batch', 'alone'])
})

test('whatever is asked for and whenever it ends, nothing runs beside a suspect, and all of it runs', async () => {
  const jobs = fc.array(
    fc.record({ kind: fc.constantFrom('shared', 'beside', 'alone'), turns: fc.nat(5), begins: fc.nat(5) }),
    { maxLength: 20 },
  )
  const property = fc.asyncProperty(jobs, async (asked) => {
    const one = quiet()
    let running = 0
    let suspects = 0
    let done = 0
    const runs = asked.map(async ({ kind, turns, begins }) => {
      for (let turn = 0; turn < begins; turn++) await Promise.resolve()
      const work = async (): Promise<void> => {
        running++
        if (kind === 'alone') suspects++
        assert.ok(suspects === 0 || running === 1)
        for (let turn = 0; turn < turns; turn++) await Promise.resolve()
        assert.ok(suspects === 0 || running === 1)
        if (kind === 'alone') suspects--
        running--
        done++
      }
      await (kind === 'alone' ? one.alone(work, PATIENCE) : one[kind](work))
    })
    await Promise.all(runs)
    assert.equal(done, asked.length)
  })
  await fc.assert(property)
})
