import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { applyMapping } from '../model/index.ts'
import { type LoadedFlow, loadFlow } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'eventwright-copying-'))
after(() => rmSync(folder, { recursive: true }))

function load(command: string, event: string, service = ''): Promise<LoadedFlow> {
  const file = join(folder, 'flow.yaml')
  writeFileSync(
    file,
    `eventwright: 1
name: shop
services:
  orders:
${service}
    aggregates:
      Order:
        id: { orderId: string }
        commands:
          PlaceOrder: { by: customer, in: none, ${command} }
        events:
          OrderPlaced: { to: placed, ${event} }
          OrderNoted: { private: true, data: { note: string } }
`,
  )
  return loadFlow([file])
}

async function messages(command: string, event: string): Promise<string[]> {
  return (await load(command, event)).findings.map((f) => `${f.code}: ${f.message}`)
}

test('an optional field is no source for a required one', async () => {
  assert.deepEqual(await messages('data: { note?: string }, emit: OrderPlaced', 'data: { note: string }'), [
    'unmapped-field: The event OrderPlaced needs `note`, and `cmd.note` may be absent.',
  ])
  assert.deepEqual(
    await messages('data: { note?: string }, emit: OrderPlaced', 'data: { note?: string }'),
    [],
  )
})

test('a copy must fit: an enumeration is a string, a string is no enumeration', async () => {
  assert.deepEqual(await messages('data: { kind: [a, b] }, emit: OrderPlaced', 'data: { kind: string }'), [])
  assert.deepEqual(await messages('data: { kind: string }, emit: OrderPlaced', 'data: { kind: [a, b] }'), [
    'mapping-type: `kind` of the event OrderPlaced takes one of a, b, and `cmd.kind` is string.',
  ])
  assert.deepEqual(await messages('data: { n: double }, emit: OrderPlaced', 'data: { n: int }'), [
    'mapping-type: `n` of the event OrderPlaced takes int, and `cmd.n` is double.',
  ])
})

test('a let is the nearer source than the command', async () => {
  const { flow } = await load(
    'data: { total: int }, let: { total: cmd.total * 2 }, emit: OrderPlaced',
    'data: { total: int }',
  )
  const data = flow?.commands.get('PlaceOrder')?.branches[0]?.events[0]?.data ?? []
  assert.deepEqual(applyMapping(data, { cmd: { orderId: 'o', total: 1 }, total: 2 }), {
    orderId: 'o',
    total: 2,
  })
})

test('`with` beside a list goes to the events that have the field', async () => {
  const { flow, findings } = await load(
    'emit: [OrderPlaced, OrderNoted], with: { note: "\'hello\'" }',
    'data: {}',
  )
  assert.deepEqual(findings, [])
  const events = flow?.commands.get('PlaceOrder')?.branches[0]?.events ?? []
  assert.deepEqual(
    events.map((e) => applyMapping(e.data, { cmd: { orderId: 'o' } })),
    [{ orderId: 'o' }, { orderId: 'o', note: 'hello' }],
  )
})

test('a private event is not in the topic of its service', async () => {
  const { flow } = await load('emit: OrderPlaced', 'data: {}', '    topic: shop.orders')
  assert.deepEqual(flow?.topics.get('shop.orders')?.events, ['OrderPlaced'])
})

test('a member of an enumeration needs no quotes, and another word is found', async () => {
  const event = 'data: { kind: [a, b] }'
  assert.deepEqual(await messages('emit: { event: OrderPlaced, with: { kind: b } }', event), [])
  const [wrong] = await messages('emit: { event: OrderPlaced, with: { kind: c } }', event)
  assert.equal(wrong, 'unknown-variable: Unknown variable: c.')
  const [quoted] = await messages('emit: { event: OrderPlaced, with: { kind: "\'c\'" } }', event)
  assert.equal(quoted, "mapping-type: `kind` of the event OrderPlaced takes one of a, b, and this is 'c'.")
})

test('fields of several data maps are merged, the last of a name counting', async () => {
  const { flow } = await load('data: [{ a: int, b: int }, { b: string }], emit: OrderPlaced', 'data: {}')
  const fields = flow?.commands.get('PlaceOrder')?.payload.fields ?? []
  assert.deepEqual(
    fields.map((f) => [f.name, f.type.kind]),
    [
      ['orderId', 'string'],
      ['a', 'int'],
      ['b', 'string'],
    ],
  )
})
