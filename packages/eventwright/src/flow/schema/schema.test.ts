import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { parse } from 'yaml'
import type { Flow } from '../model/index.ts'
import { loadFlow } from '../parse/index.ts'
import { keyReference, namesOf, SCHEMA_PATH, schemaOfFlowFile, writeFlowSchema } from './index.ts'

const EXAMPLE = join(
  import.meta.dirname,
  '../../../../../skills/building-event-driven-architecture/examples/worked-order-processing.yaml',
)
const text = readFileSync(EXAMPLE, 'utf8')

async function example(): Promise<Flow> {
  const { flow } = await loadFlow([EXAMPLE])
  if (flow === undefined) throw new Error('The example does not load')
  return flow
}

function accepts(schema: object, yaml: string): boolean {
  return new Ajv2020({ strict: false }).compile(schema)(parse(yaml))
}

test('the published schema takes the worked example, and no unknown key', () => {
  assert.equal(accepts(schemaOfFlowFile(), text), true)
  assert.equal(accepts(schemaOfFlowFile(), text.replace('by: customer', 'bye: customer')), false)
})

test("the flow's own schema takes the worked example, and knows its names", async () => {
  const schema = schemaOfFlowFile(namesOf(await example()))
  assert.equal(accepts(schema, text), true)
  for (const [right, wrong] of [
    ['emit: OrderPlaced', 'emit: OrderPlacd'],
    ['send: ScreenOrder', 'send: ScrenOrder'],
    ['in: placed', 'in: plaecd'],
    ['data: Purchase', 'data: Purchse'],
    ['total: Cents', 'total: Cent'],
    ['when: [PlaceOrder, AuthorizePayment]', 'when: [PlaceOrder, AuthorisePayment]'],
    ['OrderPlaced: { set', 'OrderPlacd: { set'],
  ] as const) {
    assert.ok(text.includes(right))
    assert.equal(accepts(schema, text.replace(right, wrong)), false, wrong)
  }
})

test('it is written beside the files that ask for it, and only when it changed', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'eventwright-schema-'))
  try {
    const asks = join(folder, 'shop.yaml')
    writeFileSync(asks, text)
    const { flow, sources } = await loadFlow([asks])
    assert.ok(flow)
    assert.deepEqual(await writeFlowSchema(flow, sources), [join(folder, SCHEMA_PATH)])
    assert.deepEqual(await writeFlowSchema(flow, sources), [])
    rmSync(join(folder, '.eventwright'), { recursive: true })
    const silent = new Map([[asks, text.replace('# yaml-language-server', '# yaml')]])
    assert.deepEqual(await writeFlowSchema(flow, silent), [])
    assert.equal(existsSync(join(folder, '.eventwright')), false)
  } finally {
    rmSync(folder, { recursive: true })
  }
})

test('the key reference has every key once, each with words', () => {
  const keys = keyReference()
  assert.equal(new Set(keys.map((k) => k.path)).size, keys.length)
  assert.ok(keys.every((k) => k.doc.endsWith('.') && k.takes !== ''))
  assert.ok(keys.some((k) => k.path === 'services.SERVICE.aggregates.AGGREGATE.commands.COMMAND.require'))
})
