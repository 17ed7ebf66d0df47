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

const story = (lines: string): string => `${SHOP}projections:
  Totals:
    key: orderId
    fields: { total: int, stage: [placed, gone] }
    on: { OrderPlaced: { set: { stage: placed } } }
scenarios:
  s:
${lines}`

test('the data of a command or an event is a map, or nothing', async () => {
  assert.deepEqual(await codes(story('    when: [PlaceOrder: much]\n')), ['19:24 wrong-shape'])
  assert.deepEqual(await codes(story('    when: [PlaceOrder: [1]]\n')), ['19:24 wrong-shape'])
  assert.deepEqual(await codes(story('    when: [PlaceOrder: ]\n')), [])
})

test('what a scenario expects of rows and events is held against their fields', async () => {
  const row = (fields: string): string =>
    story(`    when: PlaceOrder\n    then: { projections: { Totals: { o: ${fields} } } }\n`)
  assert.deepEqual(await codes(row('{ totl: 1 }')), ['20:43 scenario-unknown-name'])
  assert.deepEqual(await codes(row('{ stage: plcaed }')), ['20:50 scenario-payload'])
  assert.deepEqual(await codes(row('{ stage: placed, total: 1 }')), [])
  assert.deepEqual(await codes(row('null')), [])
  const event = story('    when: PlaceOrder\n    then: { events: [OrderPlaced: { total: much }] }\n')
  assert.deepEqual(await codes(event), ['20:44 scenario-payload'])
})

test('the caret of a refused payload stands at the field that is refused', async () => {
  const found = await codes(story('    when: [PlaceOrder: { note: x, total: much }]\n'))
  assert.deepEqual(found, ['19:35 scenario-payload'])
})
