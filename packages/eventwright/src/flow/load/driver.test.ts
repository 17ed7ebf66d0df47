import assert from 'node:assert/strict'
import { join } from 'node:path'
import { test } from 'node:test'
import { eventwright, memory } from '@eventwright/core'
import { compileFlow, loadDeciders } from '../compile/index.ts'
import { loadFlow } from '../parse/index.ts'
import { driverOf } from './driver.ts'
import { ordersFor } from './orders.ts'

const FILE = join(import.meta.dirname, '../run/fixtures/commands.yaml')
const MINUTE = 60_000

test('an order that is sent a minute late has taken a minute: what held it up shows', async () => {
  const { flow } = await loadFlow([FILE])
  assert.ok(flow)
  const compiled = compileFlow(flow, await loadDeciders(flow))
  const run = compiled.parts({ onFault: assert.ifError })
  await using app = await eventwright({ name: 'late', store: memory(), run, start: false })
  const orders = ordersFor(compiled, { seed: '7' })
  const driver = driverOf({ app, flow, orders, tenant: '', onBroken: assert.ifError })
  driver.begin(performance.now() - MINUTE)
  await driver.answered()
  const [stage] = driver.figures().stages
  assert.ok(stage && stage.count === 1 && stage.max >= MINUTE * 0.99, JSON.stringify(stage))
})
