import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { applyMapping, type Flow } from '../model/index.ts'
import { FlowFileError, type LoadedFlow, loadFlow, SIZE_LIMIT } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'eventwright-flow-'))
after(() => rmSync(folder, { recursive: true }))

const EXAMPLE = join(
  import.meta.dirname,
  '../../../../../skills/building-event-driven-architecture/examples/worked-order-processing.yaml',
)

const SHOP = `eventwright: 1
name: shop
services:
  orders:
    aggregates:
      Order:
        id: { orderId: string }
        commands:
          PlaceOrder: { by: customer, in: none, data: { total: int, note?: string }, emit: OrderPlaced }
        events:
          OrderPlaced: { to: placed, data: { total: int, note?: string } }
`

function load(text: string): Promise<LoadedFlow> {
  const file = join(folder, `${Math.random()}.yaml`)
  writeFileSync(file, text)
  return loadFlow([file])
}

async function codes(text: string): Promise<string[]> {
  return (await load(text)).findings.map((f) => `${f.place.line}:${f.place.column} ${f.code}`)
}

async function flowOf(text: string): Promise<Flow> {
  const { flow, findings } = await load(text)
  if (flow === undefined) throw new Error(findings.map((f) => f.message).join('\n'))
  return flow
}

test('the worked example loads without a finding', async () => {
  const { flow, findings } = await loadFlow([EXAMPLE])
  assert.deepEqual(findings, [])
  assert.deepEqual(
    [...(flow?.services.keys() ?? [])],
    ['orders', 'fraud', 'inventory', 'payments', 'shipping'],
  )
  assert.ok((flow?.scenarios.length ?? 0) >= 10)
})

test('a file that is not there, a directory and a file that is too large are each one clear error', async () => {
  await assert.rejects(
    loadFlow([join(folder, 'no.yaml')]),
    (error: unknown) =>
      error instanceof FlowFileError &&
      error.code === 'FlowFileError' &&
      /There is no file/.test(error.message),
  )
  await assert.rejects(loadFlow([folder]), /is a directory: name the flow file in it/)
  const large = join(folder, 'large.yaml')
  writeFileSync(large, Buffer.alloc(SIZE_LIMIT + 1, 'a'))
  await assert.rejects(loadFlow([large]), /has 2\.0 MB, and a flow file at most 2 MB/)
})

test('aliases that expand into themselves end in a finding', async () => {
  assert.deepEqual(await codes('eventwright: 1\nname: &a [*a]\n'), ['2:11 alias-limit'])
})

test('a list, a text and a number are no flow', async () => {
  assert.deepEqual(await codes('[a]\n'), ['1:1 wrong-shape'])
  assert.deepEqual(await codes('hello\n'), ['1:1 wrong-shape'])
})

test('the id is the first field of every message, and copies are written out', async () => {
  const flow = await flowOf(SHOP)
  const command = flow.commands.get('PlaceOrder')
  assert.deepEqual(
    command?.payload.fields.map((f) => f.name),
    ['orderId', 'total', 'note'],
  )
  assert.deepEqual(command?.payload.schema.required, ['orderId', 'total'])
  const mapping = command?.branches[0]?.events[0]?.data ?? []
  assert.deepEqual(applyMapping(mapping, { cmd: { orderId: 'o-1', total: 3 } }), { orderId: 'o-1', total: 3 })
  assert.deepEqual(applyMapping(mapping, { cmd: { orderId: 'o-1', total: 3, note: 'n' } }), {
    orderId: 'o-1',
    total: 3,
    note: 'n',
  })
})

test('several files make one flow, and a finding keeps its own file and line', async () => {
  mkdirSync(join(folder, 'parts'))
  const main = join(folder, 'main.yaml')
  const part = join(folder, 'parts/saga.yaml')
  writeFileSync(main, SHOP.replace('name: shop', 'name: shop\nimport: parts/saga.yaml'))
  writeFileSync(
    part,
    'eventwright: 1\nimport: ../main.yaml\nprojections:\n  Orders: { key: orderId, fields: { total: int }, on: { OrderPlaced: {}, OrderGone: { delete: true } } }\n',
  )
  const { draft, findings } = await loadFlow([main])
  assert.deepEqual(draft?.files, [main, part])
  assert.deepEqual(
    findings.map((f) => [f.code, f.place.file, f.place.line]),
    [['unknown-event', part, 4]],
  )
})

test('state fields are certain only where every way to a state sets them', async () => {
  const more = (condition: string): string =>
    `${SHOP.replace('emit: OrderPlaced }', 'emit: OrderPlaced }\n          Ship: { in: [none, placed], require: { Paid: COND }, emit: [] }')}`.replace(
      'COND',
      condition,
    )
  assert.deepEqual(await codes(more('state.total > 0')), ['10:56 unguarded-optional'])
  assert.deepEqual(await codes(more("'has(state.total) && state.total > 0'")), [])
  assert.deepEqual(await codes(more('state.total > 0').replace('[none, placed]', 'placed')), [])
})

test('a command is ignored in states or by a condition', async () => {
  const ignoring = (ignore: string): string => SHOP.replace('in: none,', `in: none, ignore: ${ignore},`)
  assert.deepEqual(
    (await flowOf(ignoring('[placed]'))).commands.get('PlaceOrder')?.ignore.states.map((s) => s.name),
    ['placed'],
  )
  assert.equal(
    (await flowOf(ignoring('\'status == "placed"\''))).commands
      .get('PlaceOrder')
      ?.ignore.when?.evaluate({ cmd: {}, state: {}, status: 'placed', now: '2026-01-01T00:00:00Z' }),
    true,
  )
  assert.deepEqual(await codes(ignoring('plaecd')), ['9:57 unknown-state'])
})

test('a saga resolves ids, payloads and compensations to sources', async () => {
  const { flow } = await loadFlow([EXAMPLE])
  const saga = flow?.sagas.get('Fulfilment')
  const stock = saga?.nodes[1]
  const step = stock?.kind === 'each' ? stock.nodes[0] : undefined
  assert.ok(step?.kind === 'step' && step.send && typeof step.compensate === 'object')
  const scope = { start: { orderId: 'o-1', lines: [] }, item: { sku: 'mug', quantity: 2 }, index: 0 }
  assert.deepEqual(applyMapping(step.send.data, scope), { sku: 'mug', orderId: 'o-1', quantity: 2 })
  assert.deepEqual(applyMapping(step.compensate.data, scope), { sku: 'mug', orderId: 'o-1', quantity: 2 })
  const payment = saga?.nodes[2]
  assert.ok(payment?.kind === 'step')
  assert.equal(payment.timeout?.ms, 900_000)
  assert.deepEqual(
    [...(saga?.key.fields ?? [])].filter(([event]) => event === 'OrderCancelled'),
    [['OrderCancelled', 'orderId']],
  )
})

test('a service without a topic gets an internal one for what sagas hear, and private events are never in it', async () => {
  const saga = '\nsagas:\n  Nothing: { start: OrderPlaced, steps: [{ wait: 1h }] }\n'
  const topic = (await flowOf(SHOP + saga)).topics.get('shop.orders.internal')
  assert.deepEqual([topic?.internal, topic?.events], [true, ['OrderPlaced']])
  assert.equal((await flowOf(SHOP)).topics.size, 0)
  const declared = (
    await flowOf(
      SHOP.replace('  orders:\n', '  orders:\n    topic: { name: t, partitions: 3, retention: 1d }\n'),
    )
  ).topics.get('t')
  assert.deepEqual(
    [declared?.partitions, declared?.settings, declared?.events],
    [3, { retention: '1d' }, ['OrderPlaced']],
  )
})

test('scenario payloads are completed from examples, and stimuli keep ids, repetition and time', async () => {
  const scenario =
    '\nscenarios:\n  s:\n    when: [PlaceOrder, { PlaceOrder: { orderId: o-9, total: 5 }, id: c-1, times: 2 }, { after: 90s }, { together: [PlaceOrder] }]\n'
  const [s] = (await flowOf(SHOP + scenario)).scenarios
  assert.deepEqual(
    s?.when.map(({ place: _, ...rest }) => (rest.kind === 'together' ? rest.stimuli.length : rest)),
    [
      {
        kind: 'command',
        command: 'PlaceOrder',
        id: 'orderId',
        data: { orderId: 'orderId', total: 1 },
        times: 1,
      },
      {
        kind: 'command',
        command: 'PlaceOrder',
        id: 'o-9',
        data: { orderId: 'o-9', total: 5 },
        times: 2,
        commandId: 'c-1',
      },
      { kind: 'after', ms: 90_000 },
      1,
    ],
  )
  assert.deepEqual(s?.outcomes, [])
})

test('a decide file that throws when it is loaded is a finding, not a stack trace', async () => {
  writeFileSync(join(folder, 'throws.ts'), "throw new Error('no database here')\n")
  const { findings } = await load(
    SHOP.replace('emit: OrderPlaced }', 'decide: ./throws.ts#place, emit: OrderPlaced }'),
  )
  assert.deepEqual(
    findings.map((f) => [f.code, f.message]),
    [
      [
        'decide-unreadable',
        '`PlaceOrder` cannot be decided: the file throws when it is loaded: no database here.',
      ],
    ],
  )
})

test('upcasters give the fields that differ', async () => {
  const text = SHOP.replace(
    'OrderPlaced: { to: placed,',
    'OrderPlaced: { to: placed, version: 3, upcast: { 2: { total: old.amount }, 1: { amount: old.sum } },',
  )
  const upcasts = (await flowOf(text)).events.get('OrderPlaced')?.upcasts ?? []
  assert.deepEqual(
    upcasts.map((u) => [u.from, applyMapping(u.set, { old: { sum: 1, amount: 2 } })]),
    [
      [1, { amount: 1 }],
      [2, { total: 2 }],
    ],
  )
})
