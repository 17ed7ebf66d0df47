// Runs every scenario of the worked flow on every pair of engines, and compares what is stored.
import { join } from 'node:path'
import process from 'node:process'
import { parseArgs } from 'node:util'
import { loadFlow, perturbationsOf, type ScenarioResult } from 'eventwright'
import { root } from '../setup.mjs'
import { differences } from './compare.ts'
import { PAIRS } from './pairs.ts'
import { type PairRun, runPair } from './run-pair.ts'

const FLOW = join(root, 'skills/building-event-driven-architecture/examples/worked-order-processing.yaml')

const { values } = parseArgs({
  options: {
    flow: { type: 'string', default: FLOW },
    adversity: { type: 'boolean', default: false },
    pair: { type: 'string', multiple: true },
    scenario: { type: 'string', multiple: true },
    help: { type: 'boolean', short: 'h' },
  },
})
if (values.help) {
  console.log(`npm run pairs -- [--adversity] [--pair NAME]… [--scenario NAME]… [--flow FILE]

Runs every scenario of a flow (default: the worked one) on memory, on SQLite, on PostgreSQL, and on PostgreSQL with
Kafka, and compares the events that are stored: types, streams, versions and data. With --adversity again under every
perturbation. Exit code 0 where all are the same, 1 where one differs.

Example:
  npm run pairs -- --adversity --pair postgres --pair postgres+kafka`)
  process.exit(0)
}

const { flow } = await loadFlow([values.flow])
if (!flow) throw new Error(`${values.flow} has errors: eventwright check shows them`)
const [reference, ...others] = PAIRS
const chosen = values.pair ? others.filter(({ name }) => values.pair?.includes(name)) : others
const adversity = values.adversity ? perturbationsOf() : []
const runs: PairRun[] = []
for (const pair of reference ? [reference, ...chosen] : []) {
  if (pair.missing !== false) {
    console.log(`${pair.name}: left out, ${pair.missing}`)
    continue
  }
  const run = await runPair(pair, flow, {
    ...(values.scenario ? { scenarios: values.scenario } : {}),
    adversity: () => adversity,
    onResult: (result) => console.error(`  ${pair.name}: ${result.scenario.name}: ${result.verdict}`),
  })
  runs.push(run)
  console.log(`${pair.name}: ${summary(run)}`)
}

function summary({ results, events, milliseconds }: PairRun): string {
  const count = (verdict: string): number => results.filter((result) => result.verdict === verdict).length
  const stored = [...events.values()].flat().length
  const disturbed = results.reduce((sum, result) => sum + disturbances(result), 0)
  return `${count('passed')} passed, ${count('failed')} failed; ${events.size} runs with ${disturbed} disturbances, ${stored} events; ${(milliseconds / 1000).toFixed(1)} s`
}

function disturbances({ adversity: result }: ScenarioResult): number {
  return Object.values(result?.disturbed ?? {}).flat().length
}

const [plain] = runs
const found = plain ? runs.flatMap((run) => differences(plain, run)) : []
console.log(found.length === 0 ? 'The same events everywhere.' : `\n${found.join('\n\n')}`)
process.exitCode = found.length === 0 ? 0 : 1
