import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, test } from 'node:test'
import { memory } from '@eventwright/core'
import { compileFlow, type WrittenServices } from '../compile/index.ts'
import type { Flow } from '../model/index.ts'
import { loadFlow } from '../parse/index.ts'
import { type LoadOptions, type LoadResult, NothingToLoad, runLoad } from './index.ts'

const EXAMPLES = '../../../../../skills/building-event-driven-architecture/examples'
const WORKED = readFileSync(join(import.meta.dirname, EXAMPLES, 'worked-order-processing.yaml'), 'utf8')
const folder = mkdtempSync(join(tmpdir(), 'eventwright-load-'))
after(() => rmSync(folder, { recursive: true, force: true }))

async function flowOf(text: string): Promise<Flow> {
  const file = join(folder, 'flow.yaml')
  writeFileSync(file, text)
  const { flow, findings } = await loadFlow([file])
  return flow ?? assert.fail(JSON.stringify(findings))
}

const worked = await flowOf(WORKED)

async function load(flow: Flow, options: Partial<LoadOptions> = {}): Promise<LoadResult> {
  const engine = memory()
  const pace = { kind: 'rate', perSecond: 150 } as const
  return await runLoad(flow, {
    seed: '7',
    pace,
    length: 400,
    instances: 9,
    store: engine,
    broker: engine,
    ...options,
  })
}

function bad({ balance }: LoadResult): readonly string[] {
  return balance.checks.filter(({ good }) => !good).map(({ check, of }) => `${check} ${of}`)
}

describe('a load of so many orders a second', async () => {
  const result = await load(worked)
  const { figures } = result

  test('sends as many as that, and each is accepted or refused', () => {
    assert.equal(figures.sent, 60)
    const refused = figures.refusals['PlaceOrder: EmptyOrder'] ?? 0
    assert.ok(figures.accepted <= 60 - refused && figures.accepted > 50)
    assert.equal(figures.failed, 0)
  })

  test('drains, and every order has ended or waits for an answer that is not given', () => {
    assert.ok(result.drained)
    assert.equal(figures.completed + figures.compensated + figures.open, figures.accepted)
    assert.equal(figures.open, figures.waiting)
  })

  test('balances', () => assert.deepEqual(bad(result), []))

  test('measures every stage, in the order of the flow', () => {
    const names = figures.stages.map(({ name }) => name)
    assert.deepEqual(names, [
      ...['PlaceOrder', 'WithdrawOrder', 'AuthorizePayment', 'DeclinePayment'],
      ...['step screen', 'step stock', 'step payment', 'step confirm', 'step ship'],
      ...['flow completed', 'flow compensated', 'projection OrderSummary', 'projection StockLevel'],
    ])
    for (const { count, p50, p95, p99, max } of figures.stages) {
      assert.ok(count > 0 && p50 <= p95 && p95 <= p99 && p99 <= max)
    }
    const whole = figures.stages.find(({ name }) => name === 'flow completed')
    assert.equal(whole?.count, figures.completed)
  })
})

describe('the balance of a wrong system is bad', () => {
  /** The inventory is written by hand, after another flow. */
  async function withInventory(from: string, to: string): Promise<LoadResult> {
    assert.ok(WORKED.includes(from))
    const wrong = compileFlow(await flowOf(WORKED.replace(from, to)), new Map())
    const parts = wrong.parts({ onFault: () => {} })
    const inventory = parts.filter(
      (part) => 'name' in part && ['inventory', 'StockLevel'].includes(part.name),
    )
    return await load(worked, { written: { inventory } satisfies WrittenServices })
  }

  test('a service that forgets to give back', async () => {
    const forgetful = await withInventory("'!(cmd.orderId in state.holders)'", `'cmd.orderId != ""'`)
    assert.deepEqual(bad(forgetful), ['commands of sagas', 'quantity ReserveStock.quantity'])
  })

  test('a projection that counts twice', async () => {
    const twice = await withInventory(
      'add: { available: -event.quantity }',
      'add: { available: -2 * event.quantity }',
    )
    assert.deepEqual(bad(twice), ['projection StockLevel'])
  })
})

test('as many as go: the next order begins when one is through', async () => {
  const result = await load(worked, { pace: { kind: 'max', inFlight: 5 }, length: 300 })
  assert.deepEqual(bad(result), [])
  assert.ok(result.figures.sent >= 5)
})

test('the signal ends the sending, and what is under way is drained and balanced', async () => {
  const controller = new AbortController()
  const sending = load(worked, {
    length: 600_000,
    signal: controller.signal,
    onProgress: () => controller.abort(),
  })
  const result = await sending
  assert.ok(result.drained && result.figures.sent < 30_000, 'and not the 90,000 of all the time')
  assert.deepEqual(bad(result), [])
})

test('what an expression throws is told, and the runs that it holds up', async () => {
  const result = await load(
    await flowOf(
      WORKED.replace(
        'with: { amount: start.total }',
        'with: { amount: start.total / (start.total - start.total) }',
      ),
    ),
  )
  assert.deepEqual(bad(result), ['expressions ', 'saga Fulfilment'])
  assert.match(
    result.balance.checks.find(({ check }) => check === 'expressions')?.examples[0] ?? '',
    /flow\.yaml:\d+/,
  )
})

test('what starts a saga and answers its open run begins no second one', async () => {
  const flow = await flowOf(`
eventwright: 1
name: rounds
services:
  rounds:
    topic: rounds
    aggregates:
      Round:
        id: { roundId: string }
        commands:
          Begin: { by: user, in: none, emit: Begun }
          Next: { in: begun, emit: Begun }
        events: { Begun: { to: begun } }
sagas:
  Twice:
    start: Begun
    key: roundId
    steps: [{ step: next, send: Next, done: Begun, compensate: none }]
`)
  const result = await load(flow, { length: 50 })
  assert.deepEqual(bad(result), [])
})

test('a flow that nothing from outside begins has nothing to load', async () => {
  const flow = await flowOf(WORKED.replaceAll(/by: (customer|warehouse)\b/g, 'late: refuse'))
  await assert.rejects(load(flow), NothingToLoad)
})
