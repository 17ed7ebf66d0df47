import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { compileFlow, loadDeciders } from '../compile/index.ts'
import { loadFlow } from '../parse/index.ts'
import { judgeOf } from './judge.ts'
import { type Orders, ordersFor } from './orders.ts'

const SRC = join(import.meta.dirname, '../..')
const FLOWS = [
  '../../../skills/building-event-driven-architecture/examples/worked-order-processing.yaml',
  'flow/run/fixtures/commands.yaml',
  'flow/run/fixtures/projections.yaml',
  'flow/run/fixtures/sagas.yaml',
  'scaffold/domain/fixtures/awkward.yaml',
  'scaffold/domain/fixtures/expressions.yaml',
  'scaffold/fixtures/hostile.yaml',
  'cli/fixtures/told.yaml',
]
const [WORKED = ''] = FLOWS

async function compiled(file: string) {
  const { flow, findings } = await loadFlow([join(SRC, file)])
  assert.ok(flow, JSON.stringify(findings))
  return compileFlow(flow, await loadDeciders(flow))
}

const worked = await compiled(WORKED)
const first = (orders: Orders, count: number) =>
  Array.from({ length: count }, (_, number) => orders.order(number))

describe('orders of any flow', () => {
  for (const file of FLOWS) {
    test(`are valid, mostly taken, and each a stream of its own: ${file.slice(file.lastIndexOf('/') + 1)}`, async () => {
      const flow = await compiled(file)
      const orders = first(ordersFor(flow, { seed: '7', instances: 9 }), 200)
      const verdicts = orders.map(judgeOf(flow))
      assert.ok(!verdicts.includes('invalid'))
      assert.ok(verdicts.filter((verdict) => verdict === 'taken').length > 120)
      assert.equal(new Set(orders.map(({ aggregate, id }) => `${aggregate}-${id}`)).size, 200)
    })
  }
})

test('the same seed gives the same orders, whichever comes first; another seed gives others', () => {
  const [one, same, other] = ['7', '7', '8'].map((seed) =>
    ordersFor(worked, { seed, prefix: 'x', instances: 9 }),
  )
  assert.ok(one && same && other)
  const orders = first(one, 20)
  assert.deepEqual(Array.from({ length: 20 }, (_, back) => same.order(19 - back)).reverse(), orders)
  assert.notDeepEqual(first(other, 20), orders)
  assert.deepEqual([...same.supplies()], [...one.supplies()])
})

test('orders begin the saga, refer to what is supplied, and vary', () => {
  const orders = ordersFor(worked, { seed: '7', instances: 9 })
  const skus = new Set([...orders.supplies()].map(({ type, id }) => `${type} ${id}`))
  assert.equal(skus.size, 9)
  const made = first(orders, 100)
  assert.deepEqual([...new Set(made.map(({ type }) => type))], ['PlaceOrder'])
  const text = JSON.stringify(made)
  const used = new Set([...text.matchAll(/"sku":"([^"]+)"/g)].map(([, sku]) => `AddStock ${sku}`))
  assert.deepEqual(
    [...used].filter((sku) => !skus.has(sku)),
    [],
  )
  for (const field of ['total', 'quantity']) {
    assert.ok(new Set(text.match(new RegExp(`"${field}":\\d+`, 'g'))).size > 2, field)
  }
})

test('a few orders are refused, and numbers far from their example come too', () => {
  const orders = first(ordersFor(worked, { seed: '7', instances: 1000 }), 2000)
  const refused = orders.map(judgeOf(worked)).filter((verdict) => verdict === 'refused').length
  assert.ok(refused > 0 && refused < 100, `${refused} of 2000`)
  const suspect = orders.filter(({ data }) => /"total":[5-9]\d{5}\b/.test(JSON.stringify(data)))
  assert.ok(suspect.length > 0)
})

test('those outside answer what a saga waits for, now and then with a no, seldom not at all, and always the same', () => {
  const orders = ordersFor(worked, { seed: '7', instances: 9 })
  const answers = Array.from({ length: 1000 }, (_, number) =>
    orders.answer({ type: 'PaymentRequested', stream: `Payment-o-${number}`, version: 1, id: `o-${number}` }),
  )
  const kinds = answers.map((answer) => (answer.kind === 'command' ? answer.command.type : answer.kind))
  const count = (kind: string) => kinds.filter((one) => one === kind).length
  assert.ok(
    count('AuthorizePayment') > 850 && count('DeclinePayment') > 30 && count('silent') > 2,
    kinds.join(),
  )
  assert.deepEqual(
    orders.answer({ type: 'PaymentRequested', stream: 'Payment-o-3', version: 1, id: 'o-3' }),
    answers[3],
  )
})

test('what somebody outside begins beside a saga that waits for it comes with its start, under its key', async () => {
  const orders = ordersFor(await compiled('flow/load/fixtures/beside.yaml'), { seed: '7', instances: 9 })
  assert.deepEqual([...orders.supplies()], [])
  const begun = { type: 'Begun', stream: 'Job-j-9', version: 1, id: 'j-9', data: { jobId: 'j-9' } }
  const [report, ...more] = orders.beside(begun)
  assert.deepEqual([report?.type, report?.id, more], ['SendReport', 'j-9', []])
  assert.match(JSON.stringify(report?.data), /"jobId":"j-9"/)
  assert.deepEqual(orders.beside(begun), [report])
})

test('what begins an aggregate is no answer to it, though its state would take it', async () => {
  const { plan } = ordersFor(await compiled('flow/run/fixtures/sagas.yaml'), { seed: '7', instances: 9 })
  const answers = [...plan.answers.values()].flatMap(({ choices }) =>
    choices.map(({ command }) => command.name),
  )
  assert.deepEqual([...new Set(answers)].sort(), ['Answer', 'GiveUp', 'Refuse', 'Unlock'])
})

test('nobody answers what nobody outside may answer', () => {
  const { answer, plan } = ordersFor(worked, { seed: '7', instances: 9 })
  assert.deepEqual([...plan.answers.keys()], ['OrderPlaced', 'PaymentRequested'])
  assert.deepEqual(answer({ type: 'StockReserved', stream: 'Stock-mug', version: 3, id: 'mug' }), {
    kind: 'none',
  })
})
