import type { PairRun } from './run-pair.ts'

/**
 * Where a run differs from the plain one on other engines: a scenario that does not end as it should, or whose events
 * are others, in its plain run or in one that was disturbed. A scenario with several outcomes may end in any of them:
 * of those the flow's own judgement is all.
 */
export function differences(reference: PairRun, run: PairRun): readonly string[] {
  return [...verdicts(run), ...otherEvents(reference, run)].map((text) => `${run.pair}: ${text}`)
}

function verdicts({ results }: PairRun): readonly string[] {
  return results.flatMap(({ scenario, verdict, judgement, happened, adversity }) => {
    if (verdict === 'passed') return []
    const disturbed = (adversity?.failures ?? []).map(({ perturbation, ended }) =>
      [`under ${perturbation}:`, ...told(ended.judgement?.differences), ...told(ended.happened.faults)].join(
        ' ',
      ),
    )
    const why = [...told(judgement?.differences), ...told(happened.faults), ...disturbed]
    return [`${scenario.name}: ${verdict}: ${why.join('; ')}`]
  })
}

function told(things: readonly { readonly message: string }[] = []): readonly string[] {
  return things.map(({ message }) => message)
}

function otherEvents(reference: PairRun, { results, events }: PairRun): readonly string[] {
  return results.flatMap(({ scenario }) => {
    if (scenario.outcomes.length !== 1) return []
    const tenant = tenantOf(scenario.name)
    const wanted = reference.events.get(tenant) ?? []
    const runs = [...events].filter(([of]) => of.split('~')[0] === tenant)
    // What came to no event at all has no tenant in the log.
    const found = runs.length === 0 ? [[tenant, []] as const] : runs
    return found.flatMap(([of, seen]) =>
      seen.join('\n') === wanted.join('\n') ? [] : [`${of}:\n${lines(seen)}\n instead of\n${lines(wanted)}`],
    )
  })
}

/** As runs name the tenant of a scenario. */
function tenantOf(scenario: string): string {
  return scenario.replaceAll(/[^\p{L}\p{N}]+/gu, '-')
}

function lines(events: readonly string[]): string {
  return events.length === 0 ? '  nothing' : events.map((event) => `  ${event}`).join('\n')
}
