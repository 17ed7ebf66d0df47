import assert from 'node:assert/strict'
import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import {
  type CompiledFlow,
  compileFlow,
  loadDeciders,
  loadFlow,
} from '../../packages/eventwright/src/flow/index.ts'

const WORKED = join(
  import.meta.dirname,
  '../../skills/building-event-driven-architecture/examples/worked-order-processing.yaml',
)
const FLOW_FILE = 'flow.yaml'
const PATIENCE = 'after: 15m'

/** Articles: many, so that none of their streams grows long. */
export const SKUS: readonly string[] = Array.from({ length: 40 }, (_, number) => `sku-${number + 1}`)
/** Nobody puts it on stock. */
export const MISSING_SKU = 'sold-out'
export const PLENTY = 1_000_000

/** Puts the worked flow into the folder, as it is but for the time that the gateway has to answer. */
export async function writeShop(folder: string, patience: string): Promise<void> {
  const text = await readFile(WORKED, 'utf8')
  assert.equal(text.split(PATIENCE).length, 2, `the worked flow waits for the gateway with '${PATIENCE}'`)
  await writeFile(join(folder, FLOW_FILE), text.replace(PATIENCE, `after: ${patience}`))
}

/** The flow in the folder, compiled for the runtime. */
export async function loadShop(folder: string): Promise<CompiledFlow> {
  const { flow } = await loadFlow([join(folder, FLOW_FILE)])
  assert.ok(flow, 'the worked flow is without errors')
  return compileFlow(flow, await loadDeciders(flow))
}
