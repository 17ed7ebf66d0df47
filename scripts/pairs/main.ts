// Runs every scenario of the worked flow on every pair of engines, and compares what is stored.
import process from 'node:process'
import { perturbationsOf, type ScenarioResult } from 'eventwright'
import { differences } from './compare.ts'
import { flowIn } from './flow-in.ts'
import { optionsOf, scenariosOf } from './options.ts'
import { PAIRS } from './pairs.ts'
import { type PairRun, runPair } from './run-pair.ts'

const options = optionsOf(process.argv.slice(2))
const flow = await flowIn(options.flow)
const scenarios = scenariosOf(options, flow)
const [reference, ...others] = PAIRS
const chosen = others.filter(({ name }) => options.pairs?.includes(name) ?? true)
const adversity = options.adversity ? perturbationsOf() : []
const runs: PairRun[] = []
for (const pair of reference ? [reference, ...chosen] : []) {
  if (pair.missing !== false) {
    console.log(`${pair.name}: left out, ${pair.missing}`)
    continue
  }
  const run = await runPair(pair, flow, {
    ...(scenarios ? { scenarios } : {}),
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
