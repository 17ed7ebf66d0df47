import assert from 'node:assert/strict'
import { after, before, describe, test } from 'node:test'
import { type HonestRun, honestRun } from './fixtures/honest-run.ts'
import { handledTooLate, renumbered, WRONG_LOGS } from './fixtures/wrong-logs.ts'
import type { BalanceCheck } from './index.ts'

let run: HonestRun
before(async () => {
  run = await honestRun()
})
after(() => run[Symbol.asyncDispose]())

function bad(checks: readonly BalanceCheck[]): readonly string[] {
  return checks.filter(({ good }) => !good).map(({ check, of }) => `${check} ${of}`.trimEnd())
}

test('an honest run balances, and has all kinds of ends', async () => {
  const balance = await run.balanceOf(run.log)
  assert.deepEqual(bad(balance.checks), [])
  const saga = balance.checks.find(({ check }) => check === 'saga')?.figures
  assert.ok(saga?.completed && saga.compensated, JSON.stringify(saga))
  const kinds = [...new Set(balance.checks.map(({ check }) => check))]
  assert.deepEqual(kinds, ['log', 'aggregate', 'commands', 'saga', 'quantity', 'projection', 'parked'])
})

describe('a balance is bad where', () => {
  for (const [name, wrong] of Object.entries(WRONG_LOGS)) {
    test(name, async () => {
      const { checks } = await run.balanceOf(wrong.log(run.log))
      assert.deepEqual(bad(checks), wrong.bad)
      const told = checks.flatMap(({ examples }) => examples)
      assert.ok(
        told.some((example) => wrong.says.test(example)),
        told.join('\n'),
      )
    })
  }
})

test('what was acknowledged and is not in the log is missed, and what was acknowledged to nobody is found', async () => {
  const logged = run.log.filter(({ type }) => type === 'OrderPlaced').length
  const wrong = async (told: number, unanswered = 0) => {
    const acknowledged = new Map([['OrderPlaced', told]])
    return bad((await run.balanceOf(run.log, { acknowledged, unanswered })).checks)
  }
  assert.deepEqual(await wrong(logged), [])
  assert.deepEqual(await wrong(logged + 1), ['event OrderPlaced'])
  assert.deepEqual(await wrong(logged - 1), ['event OrderPlaced'])
  assert.deepEqual(await wrong(logged - 1, 1), [])
})

test('a run that has not ended is no fault while something may be on its way', async () => {
  const unended = WRONG_LOGS['a run never ended']?.log(run.log) ?? []
  const { checks } = await run.balanceOf(unended, { settled: false })
  assert.deepEqual(bad(checks), [])
  assert.equal(checks.find(({ check }) => check === 'saga')?.figures.underWay, 1)
})

test('what a step without a compensation does after its run was given up is no fault, with one it is', async () => {
  const { checks } = await run.balanceOf(handledTooLate(run.log, 'screen'))
  assert.deepEqual(bad(checks), [])
  const { checks: held } = await run.balanceOf(handledTooLate(run.log, 'stock'))
  assert.ok(bad(held).includes('saga Fulfilment'))
})

test('of what is wrong the number is told, and the first few, each by its key', async () => {
  const shipped = run.log.filter(({ type }) => type === 'ShipmentCreated')
  const { checks } = await run.balanceOf(renumbered(run.log.filter((event) => !shipped.includes(event))))
  const saga = checks.find(({ check }) => check === 'saga')
  assert.equal(saga?.wrong, shipped.length)
  assert.equal(saga.examples.length, 5)
})

test('each row is held against the log', async () => {
  const last = run.log.findLast(({ type }) => type === 'StockAdded')
  const { checks } = await run.balanceOf(run.log.filter(({ stream }) => stream !== last?.stream))
  const rows = checks.find(({ of }) => of === 'StockLevel')
  const id = last?.stream.slice('Stock-'.length)
  assert.deepEqual([rows?.wrong, rows?.examples], [1, [`${id} is a row that no event makes`]])
  const more = {
    ...last,
    stream: 'Stock-more',
    version: 1,
    id: 'more',
    position: 0.5,
    data: { sku: 'more', quantity: 1 },
  }
  const others = await run.balanceOf([...(last ? [{ ...last, ...more }] : []), ...run.log])
  assert.deepEqual(others.checks.find(({ of }) => of === 'StockLevel')?.examples, ['more is missing'])
})
