import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { type LoadedFlow, loadFlow } from './index.ts'

const folder = mkdtempSync(join(tmpdir(), 'eventwright-flow-'))
after(() => rmSync(folder, { recursive: true }))

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

test('an enumeration has members, each a text and each once', async () => {
  const withMembers = (members: string): string => SHOP.replaceAll('total: int', `total: ${members}`)
  assert.deepEqual(
    new Set(await codes(withMembers('[]'))),
    new Set(['9:64 wrong-shape', '11:53 wrong-shape']),
  )
  assert.deepEqual(
    new Set(await codes(withMembers('[a, a]'))),
    new Set(['9:68 wrong-shape', '11:57 wrong-shape']),
  )
  assert.deepEqual(
    new Set(await codes(withMembers('[a, [b]]'))),
    new Set(['9:68 wrong-shape', '11:57 wrong-shape']),
  )
  assert.deepEqual(await codes(withMembers('[in progress, 1]')), [])
})

test('a schema file with an $id may be named twice', async () => {
  const schema = {
    $id: 'https://example.com/total',
    type: 'object',
    properties: { total: { type: 'integer' } },
  }
  writeFileSync(join(folder, 'total.json'), JSON.stringify(schema))
  const named = SHOP.replaceAll('data: { total: int, note?: string }', 'schema: ./total.json')
  assert.deepEqual(await codes(named), [])
  assert.deepEqual(await codes(named), [])
})

test('a misspelled keyword of JSON Schema is found at any depth, a keyword of another dialect is not', async () => {
  const total = (schema: string): string => SHOP.replaceAll('total: int', `total: { schema: ${schema} }`)
  const [typo] = (await load(total('{ type: array, items: { typ: integer } }'))).findings
  assert.equal(typo?.code, 'schema-invalid')
  assert.match(typo?.message ?? '', /no keyword `typ`, did you mean `type`/)
  assert.deepEqual(
    await codes(total('{ type: integer, x-unit: cents, note: a, minContains: 1, example: 3 }')),
    [],
  )
})

test('a schema with definitions of its own can be the type of a field, and its fields are known', async () => {
  const line =
    '{ schema: { $defs: { A: { type: integer } }, type: object, properties: { a: { $ref: "#/$defs/A" } } } }'
  const typed = SHOP.replace('services:', `types: { Line: ${line} }\nservices:`).replaceAll(
    'total: int',
    'total: Line',
  )
  const { flow, findings } = await load(typed)
  assert.deepEqual(findings, [])
  const total = flow?.events.get('OrderPlaced')?.payload.fields.find((f) => f.name === 'total')
  assert.ok(total?.type.kind === 'object')
  assert.equal(total.type.fields[0]?.type.kind, 'int')
})
