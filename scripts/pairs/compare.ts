import type { Flow } from 'eventwright'
import type { PairRun } from './run-pair.ts'

/**
 * Where runs of a flow differ: a scenario that does not end as it should, and one whose events are not those of the
 * plain run on the first pair. A scenario with several outcomes may end in any of them: the flow's own judgement holds.
 */
export function differences(flow: Flow, runs: readonly PairRun[]): readonly string[] {
  const [first] = runs
  return runs.flatMap((run) => [...verdicts(run), ...(first ? otherEvents(flow, first, run) : [])])
}

function verdicts({ pair, results }: PairRun): readonly string[] {
  return results.flatMap(({ scenario, verdict, judgement, happened, adversity }) => {
    if (verdict === 'passed') return []
    const why = [
      ...(judgement?.differences ?? []),
      ...happened.faults,
      ...(adversity?.failures ?? []).map(({ perturbation, ended }) => ({
        message: `under ${perturbation}: ${ended.judgement?.differences.map(({ message }) => message).join('; ')} ${ended.happened.faults.map(({ message }) => message).join('; ')}`,
      })),
    ]
    return [`${pair}: ${scenario.name}: ${verdict}: ${why.map(({ message }) => message).join('; ')}`]
  })
}

function otherEvents(flow: Flow, first: PairRun, { pair, events }: PairRun): readonly string[] {
  const races = new Set(
    flow.scenarios.filter(({ outcomes }) => outcomes.length !== 1).map(({ name }) => tenantOf(name)),
  )
  return [...events].flatMap(([tenant, found]) => {
    const scenario = tenant.split('~')[0] ?? ''
    if (races.has(scenario)) return []
    const wanted = first.events.get(scenario) ?? []
    if (found.join('\n') === wanted.join('\n')) return []
    return [
      `${pair}: ${tenant}: ${JSON.stringify(found, undefined, 2)} instead of ${JSON.stringify(wanted, undefined, 2)}`,
    ]
  })
}

/** As runs name the tenant of a scenario. */
function tenantOf(scenario: string): string {
  return scenario.replaceAll(/[^\p{L}\p{N}]+/gu, '-')
}
